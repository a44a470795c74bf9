//! Servers in containers: starting one and watching it come up, pausing, ending it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use bollard::models::ContainerStateStatusEnum;

use crate::engine::docker::Docker;
use crate::engine::place::placed;
use crate::engine::said::{death, speaks_of_configuration};
use crate::engine::{Booting, Death, Site};
use crate::error::Error;

/// Between two questions to the engine about a server that comes up.
const PAUSE: Duration = Duration::from_millis(100);

/// A container's server on its way up.
#[derive(Debug)]
pub struct DockerBooting {
    docker: Docker,
    site: Site,
    id: String,
    pid_file: PathBuf,
    /// When the pid file of the server before was written: in a container every server has the same process id.
    before: Option<SystemTime>,
    asked: Instant,
    refused: Option<Death>,
}

impl DockerBooting {
    /// Begins to watch a container that is about to be started.
    pub fn new(docker: &Docker, site: &Site, id: &str) -> Self {
        let pid_file = site.data().join("postmaster.pid");
        Self {
            docker: docker.clone(),
            site: site.clone(),
            id: id.to_owned(),
            before: written(&pid_file),
            pid_file,
            asked: Instant::now(),
            refused: None,
        }
    }

    /// The engine did not start it because of its port.
    pub fn refuse(&mut self, death: Death) {
        self.refused = Some(death);
    }

    async fn look(&mut self) -> Result<Option<Death>, Error> {
        if self.docker.state(&self.id).await?.is_up() {
            return Ok(None);
        }
        let said = self.docker.said(&self.id).await?;
        // The engine would start it again and again.
        self.docker.quiet(&self.id).await?;
        Ok(Some(match death(&said) {
            Death::Other(why) if speaks_of_configuration(&said) => {
                Death::Misconfigured(placed(outside(why, &self.site), &self.site, &self.site.data()))
            }
            death => death,
        }))
    }
}

impl Booting for DockerBooting {
    async fn died(&mut self) -> io::Result<Option<Death>> {
        if let Some(death) = self.refused.take() {
            return Ok(Some(death));
        }
        if self.asked.elapsed() < PAUSE {
            return Ok(None);
        }
        self.asked = Instant::now();
        self.look().await.map_err(|err| io::Error::other(err.line()))
    }

    fn accepts(&self) -> bool {
        // Where the file cannot be read, only a connection can tell.
        accepts(&self.pid_file, self.before).unwrap_or(true)
    }
}

/// A path in the container as the path on this machine that it stands for.
pub fn outside(text: String, site: &Site) -> String {
    let (config, data) = (site.config_file(), site.data());
    text.replace(super::container::CONFIG, &config.display().to_string())
        .replace(super::container::DATA, &data.display().to_string())
}

/// Whether a server accepts connections over TCP, by its own word in its pid file: the sixth line is the address that
/// it listens on, which the server that an image initializes with has not got, and the eighth its state. A file
/// that was written at `before` is that of the server before. None if the file may not be read.
pub fn accepts(pid_file: &Path, before: Option<SystemTime>) -> Option<bool> {
    let text = match fs::read_to_string(pid_file) {
        Err(err) if err.kind() == io::ErrorKind::PermissionDenied => return None,
        read => read.unwrap_or_default(),
    };
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let listens = lines.get(5).is_some_and(|it| !it.is_empty());
    let ready = lines.get(7).is_some_and(|it| ["ready", "standby"].contains(it));
    Some(listens && ready && written(pid_file) != before)
}

fn written(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).and_then(|it| it.modified()).ok()
}

/// The state of a container's process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State(pub ContainerStateStatusEnum);

impl State {
    /// Whether its server runs.
    pub fn is_up(self) -> bool {
        matches!(self.0, ContainerStateStatusEnum::RUNNING | ContainerStateStatusEnum::PAUSED)
    }

    /// Whether its server has ended, and will not be started again by the engine.
    pub fn is_over(self) -> bool {
        matches!(self.0, ContainerStateStatusEnum::EXITED | ContainerStateStatusEnum::DEAD)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_that_an_image_initializes_with_does_not_count_as_accepting() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("postmaster.pid");
        let said = |address: &str, state: &str| {
            let text = format!("1\n/data\n1795442938\n5432\n/run\n{address}\n  10 20\n{state}\n");
            fs::write(&file, text).unwrap();
        };
        said("", "ready   ");
        assert_eq!(accepts(&file, None), Some(false));
        said("*", "starting");
        assert_eq!(accepts(&file, None), Some(false));
        said("*", "ready   ");
        assert_eq!(accepts(&file, None), Some(true));
        assert_eq!(accepts(&file, written(&file)), Some(false), "it is the file of the server before");
    }
}

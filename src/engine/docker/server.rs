//! Servers in containers: starting one and watching it come up, pausing, ending it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use bollard::models::ContainerStateStatusEnum;
use jiff::Timestamp;

use crate::engine::docker::Docker;
use crate::engine::pid_file::PidFile;
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
    data: PathBuf,
    /// When the pid file of the server before was written: in a container every server has the same process id.
    before: Option<SystemTime>,
    begun: Timestamp,
    asked: Instant,
    refused: Option<Death>,
}

impl DockerBooting {
    /// Begins to watch a container that is about to be started.
    pub fn new(docker: &Docker, site: &Site, id: &str) -> Self {
        let data = site.data();
        Self {
            docker: docker.clone(),
            site: site.clone(),
            id: id.to_owned(),
            before: written(&data),
            data,
            begun: Timestamp::now(),
            asked: Instant::now(),
            refused: None,
        }
    }

    /// The engine did not start it because of its port.
    pub fn refuse(&mut self, death: Death) {
        self.refused = Some(death);
    }

    async fn look(&mut self) -> Result<Option<Death>, Error> {
        match self.docker.state(&self.id).await? {
            Some(it) if !it.is_up() => {}
            Some(_) | None => return Ok(None),
        }
        // The engine would start it again and again. Once it is over, all that it said is in its log.
        self.docker.quiet(&self.id).await?;
        let said = self.docker.said(&self.id, self.begun).await?;
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
        match PidFile::read(&self.data) {
            Ok(it) => it.listens && it.ready && written(&self.data) != self.before,
            // Where the file may not be read, only a connection can tell.
            Err(err) => err.kind() == io::ErrorKind::PermissionDenied,
        }
    }
}

/// When the pid file of a data directory was written.
fn written(data: &Path) -> Option<SystemTime> {
    fs::metadata(PidFile::path(data)).and_then(|it| it.modified()).ok()
}

/// A path in the container as the path on this machine that it stands for.
pub fn outside(text: String, site: &Site) -> String {
    let (config, data) = (site.config_file(), site.data());
    text.replace(super::container::CONFIG, &config.display().to_string())
        .replace(super::container::DATA, &data.display().to_string())
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

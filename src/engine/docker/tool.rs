//! Running an image's client programs on its server: in a container beside it, which sees the folder that they work in.

use std::collections::HashMap;

use bollard::models::{ContainerCreateBody, HostConfig};
use jiff::Timestamp;
use rustix::process::{getegid, geteuid};

use crate::engine::Site;
use crate::engine::docker::container::{self, mount};
use crate::engine::docker::{Docker, image};
use crate::engine::tool::{Access, Tool, password_file};
use crate::error::Error;
use crate::wait::NO_LIMIT;

/// Label of the containers in which programs run, with the instance's folder.
const LABEL: &str = "vrooli.tool";
/// Label of the same containers, with the process that waits for the program.
const OWNER: &str = "vrooli.tool.owner";
/// Where the password file is in such a container.
const PASSWORDS: &str = "/run/passwords";
/// The server's port in its own container.
const PORT: &str = "5432";
/// The state of a process, as /proc has it, that has ended and whose end nobody has asked for yet.
const DEAD: char = 'Z';

impl Docker {
    /// Runs a program in the network of the site's server, as ourselves, and answers what it wrote. What is left
    /// running when nobody waits for it any more is ended by `sweep_tools`.
    pub(super) async fn run_tool(&self, site: &Site, tool: &Tool<'_>) -> Result<String, Error> {
        let passwords = tool.login.map(|it| password_file(site, it.password)).transpose()?;
        let server = match &tool.login {
            None => None,
            Some(_) => Some(self.ours(site).await?.id),
        };
        let folder = tool.folder.display().to_string();
        let mut mounts = vec![mount(tool.folder, &folder, tool.access == Access::Reads)];
        if let Some((_, file)) = &passwords {
            mounts.push(mount(file.path(), PASSWORDS, true));
        }
        let connection =
            [("host", "127.0.0.1"), ("port", PORT), ("sslmode", "disable"), ("passfile", PASSWORDS)];
        let body = ContainerCreateBody {
            image: Some(image::reference(&site.container).to_owned()),
            user: Some(format!("{}:{}", geteuid().as_raw(), getegid().as_raw())),
            entrypoint: Some(vec![tool.program.to_owned()]),
            cmd: Some(tool.command_line(&connection)),
            env: Some(vec!["LC_ALL=C".to_owned()]),
            labels: Some(HashMap::from([
                (LABEL.to_owned(), site.dir.display().to_string()),
                (OWNER.to_owned(), process(own_id()).unwrap_or_default()),
            ])),
            host_config: Some(HostConfig {
                network_mode: Some(server.map_or("none".to_owned(), |id| format!("container:{id}"))),
                mounts: Some(mounts),
                log_config: Some(container::log_config()),
                ..HostConfig::default()
            }),
            ..ContainerCreateBody::default()
        };
        let id = self.create(None, body).await?;
        let ran = async {
            self.start(&id).await?;
            self.ended(site, &id, NO_LIMIT).await?;
            let code = self.client.container(&id).await?.and_then(|it| it.state?.exit_code);
            Ok((code, self.said(&id, Timestamp::UNIX_EPOCH).await?))
        };
        let ran: Result<_, Error> = ran.await;
        self.remove(&id).await?;
        match ran? {
            (Some(0), said) => Ok(said),
            (_, said) => Err(tool.failed(&said)),
        }
    }

    /// Ends the programs that run for an instance and have nobody else to wait for them.
    pub(super) async fn sweep_tools(&self, site: &Site) -> Result<(), Error> {
        let of_site = format!("{LABEL}={}", site.dir.display());
        for it in self.client.containers(Some(("label", of_site))).await? {
            let owner = it.labels.unwrap_or_default().remove(OWNER).unwrap_or_default();
            if let (Some(id), true) = (it.id, is_left(&owner)) {
                self.remove(&id).await?;
            }
        }
        Ok(())
    }
}

/// Whether the process that a label names is gone, or is this one, which has stopped waiting.
fn is_left(owner: &str) -> bool {
    let id = owner.split_once('-').and_then(|(id, _)| id.parse().ok());
    id.is_none_or(|id| id == own_id() || process(id).as_deref() != Some(owner))
}

fn own_id() -> i32 {
    rustix::process::getpid().as_raw_nonzero().get()
}

/// A living process: its id, and when it was started, since another may have that id tomorrow.
fn process(id: i32) -> Option<String> {
    let stat = procfs::process::Process::new(id).and_then(|it| it.stat()).ok()?;
    (stat.state != DEAD).then(|| format!("{id}-{}", stat.starttime))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn only_what_a_living_process_waits_for_is_not_left() {
        let init = process(1).unwrap();
        let own = process(own_id()).unwrap();
        for (owner, left) in
            [(init.as_str(), false), (&own, true), ("1-0", true), ("2147483647-1", true), ("", true)]
        {
            assert_eq!(is_left(owner), left, "{owner}");
        }
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let id = i32::try_from(child.id()).unwrap();
        let is_gone = |_| {
            std::thread::sleep(Duration::from_millis(10));
            process(id).is_none()
        };
        assert!((0..500).any(is_gone), "nobody has buried it yet, and dead it is");
        child.wait().unwrap();
    }
}

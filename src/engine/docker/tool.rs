//! Running an image's client programs on its server: in a container beside it, which sees the folder that they work in.

use std::collections::HashMap;
use std::time::Duration;

use bollard::models::{ContainerCreateBody, HostConfig};
use jiff::Timestamp;
use rustix::process::{getegid, geteuid};

use crate::engine::Site;
use crate::engine::docker::container::{self, mount};
use crate::engine::docker::{Docker, image};
use crate::engine::tool::{Access, Tool, password_file};
use crate::error::Error;

/// Label of the containers in which programs run, with the instance's folder.
const LABEL: &str = "vrooli.tool";
/// Where the password file is in such a container.
const PASSWORDS: &str = "/run/passwords";
/// The server's port in its own container.
const PORT: &str = "5432";
/// A program may take as long as its work does.
const NO_LIMIT: Duration = Duration::from_secs(365 * 24 * 60 * 60);

impl Docker {
    /// Runs a program in the network of the site's server, as ourselves, and answers what it wrote. What killed commands
    /// left running for this instance, and nobody waits for any more, is ended by `sweep_tools`.
    pub(super) async fn run_tool(&self, site: &Site, tool: &Tool<'_>) -> Result<String, Error> {
        let passwords = tool.login.map(|it| password_file(site, it.password)).transpose()?;
        let server = match &tool.login {
            None => None,
            Some(_) => {
                let state = || "without a container".to_owned();
                let absent = || Error::NotServing { name: site.name.clone(), state: state() };
                Some(self.find(site).await?.ours.ok_or_else(absent)?.id)
            }
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
            labels: Some(HashMap::from([(LABEL.to_owned(), site.dir.display().to_string())])),
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

    /// Ends the programs that run for an instance. Whoever holds its lock has none.
    pub(super) async fn sweep_tools(&self, site: &Site) -> Result<(), Error> {
        let of_site = format!("{LABEL}={}", site.dir.display());
        let left = self.client.containers(Some(("label", of_site))).await?;
        for id in left.into_iter().filter_map(|it| it.id) {
            self.remove(&id).await?;
        }
        Ok(())
    }
}

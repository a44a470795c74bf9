//! `Engines`: both engines behind one, which goes by what a site says, or by what is there where it does not.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::engine::docker::{Docker, DockerBooting};
use crate::engine::dump::{Dump, Sink};
use crate::engine::native::Native;
use crate::engine::native::process::NativeBooting;
use crate::engine::tool::Tool;
use crate::engine::twin::Owners;
use crate::engine::{
    Booting, Cluster, Container, Death, Engine, Fate, Halt, Kind, NewKey, Say, Seen, Site, WayIn,
};
use crate::error::Error;
use crate::runtime::Runtime;
use crate::secret::Secret;
use crate::settings::EnvSetting;

/// Both engines.
#[derive(Clone, Debug)]
pub struct Engines {
    /// Server processes.
    pub native: Native,
    /// Containers.
    pub docker: Docker,
    /// Which one new instances get.
    pub runtime: EnvSetting<Runtime>,
}

/// A server on its way up, on either engine.
#[derive(Debug)]
pub enum AnyBooting {
    /// A process.
    Native(NativeBooting),
    /// A container.
    Docker(Box<DockerBooting>),
}

impl Engines {
    /// Which engine a new instance gets. `auto` falls back to processes, and says so: here, and nowhere else, because
    /// an instance stays on its engine. What a container is to be made from is asked for only where one may be made.
    pub async fn choose(
        &self,
        wish: impl FnOnce() -> Result<Container, Error>,
        say: Say<'_>,
    ) -> Result<(Kind, Container), Error> {
        match self.runtime.get()? {
            Runtime::Native => Ok((Kind::Native, Container::default())),
            Runtime::Docker => Ok((Kind::Docker, self.docker.pin(&wish()?, say).await?)),
            Runtime::Auto => match self.docker.pin(&wish()?, say).await {
                Ok(pinned) => Ok((Kind::Docker, pinned)),
                Err(err) => {
                    say(&format!("running without Docker, as a process of this machine: {}", err.line()));
                    Ok((Kind::Native, Container::default()))
                }
            },
        }
    }

    /// What the image of the site's container means now, fetched anew where a registry has it.
    pub async fn renew(&self, site: &Site, say: Say<'_>) -> Result<Container, Error> {
        match self.kind(site).await? {
            Kind::Native => {
                Err(Error::Usage(format!("`{}` runs as a process, which has no image", site.name)))
            }
            Kind::Docker => self.docker.renew(site, say).await,
        }
    }

    /// What an instance of another major version is made from that takes over from the site's. Refused where it is not there.
    pub async fn successor(
        &self,
        site: &Site,
        (old, new): (u32, u32),
        image: Option<&str>,
        say: Say<'_>,
    ) -> Result<Container, Error> {
        match (self.kind(site).await?, image) {
            (Kind::Docker, image) => self.docker.successor(site, (old, new), image, say).await,
            (Kind::Native, Some(_)) => {
                Err(Error::Usage(format!("`{}` runs as a process, which has no image", site.name)))
            }
            (Kind::Native, None) => {
                self.native.need(old).await?;
                self.native.need(new).await.map(|()| Container::default())
            }
        }
    }

    /// What a container is made from that goes on with data which is on this engine already.
    pub async fn settle_on(&self, kind: Kind, wish: Container, say: Say<'_>) -> Result<Container, Error> {
        match kind {
            Kind::Native => Ok(Container::default()),
            Kind::Docker => self.docker.pin(&wish, say).await,
        }
    }

    /// Refuses data of a version that the site's server could not open.
    pub async fn serves(&self, site: &Site, major: u32) -> Result<(), Error> {
        match self.kind(site).await? {
            Kind::Native => self.native.programs(Some(major)).await.map(drop),
            Kind::Docker => self.docker.serves(site, major).await,
        }
    }

    /// The site, with its engine known.
    pub async fn settle(&self, site: Site) -> Result<Site, Error> {
        let kind = self.kind(&site).await?;
        Ok(Site { kind: Some(kind), ..site })
    }

    /// Whose the site is. An adopted instance does not say: it is Docker's if a container has its data, or if the
    /// user wants Docker.
    async fn kind(&self, site: &Site) -> Result<Kind, Error> {
        if let Some(kind) = site.kind {
            return Ok(kind);
        }
        match self.runtime.get()? {
            Runtime::Native => Ok(Kind::Native),
            Runtime::Docker => Ok(Kind::Docker),
            Runtime::Auto if self.docker.is_absent() => Ok(Kind::Native),
            Runtime::Auto => match self.docker.has(site).await? {
                true => Ok(Kind::Docker),
                false => Ok(Kind::Native),
            },
        }
    }
}

impl Engine for Engines {
    type Booting = AnyBooting;

    async fn data_directory(&self, site: &Site) -> Result<PathBuf, Error> {
        match self.kind(site).await? {
            Kind::Native => self.native.data_directory(site).await,
            Kind::Docker => self.docker.data_directory(site).await,
        }
    }

    async fn observe(&self, site: &Site) -> Result<Seen, Error> {
        match self.kind(site).await? {
            Kind::Native => self.native.observe(site).await,
            Kind::Docker => self.docker.observe(site).await,
        }
    }

    async fn provide(&self, site: &Site, say: Say<'_>) -> Result<String, Error> {
        match self.kind(site).await? {
            Kind::Native => self.native.provide(site, say).await,
            Kind::Docker => self.docker.provide(site, say).await,
        }
    }

    async fn make(&self, site: &Site, cluster: &Cluster) -> Result<u32, Error> {
        match self.kind(site).await? {
            Kind::Native => self.native.make(site, cluster).await,
            Kind::Docker => self.docker.make(site, cluster).await,
        }
    }

    async fn configure(&self, site: &Site, text: &str) -> Result<(), Error> {
        match self.kind(site).await? {
            Kind::Native => self.native.configure(site, text).await,
            Kind::Docker => self.docker.configure(site, text).await,
        }
    }

    async fn check(&self, site: &Site) -> Result<(), Error> {
        match self.kind(site).await? {
            Kind::Native => self.native.check(site).await,
            Kind::Docker => self.docker.check(site).await,
        }
    }

    async fn boot(&self, site: &Site) -> Result<AnyBooting, Error> {
        match self.kind(site).await? {
            Kind::Native => self.native.boot(site).await.map(AnyBooting::Native),
            Kind::Docker => self.docker.boot(site).await.map(|it| AnyBooting::Docker(Box::new(it))),
        }
    }

    async fn owners(&self, site: &Site) -> Result<Owners, Error> {
        match self.kind(site).await? {
            Kind::Native => self.native.owners(site).await,
            Kind::Docker => self.docker.owners(site).await,
        }
    }

    async fn keep_way_in(&self, site: &Site, password: &Secret) -> Result<(), Error> {
        match self.kind(site).await? {
            Kind::Native => self.native.keep_way_in(site, password).await,
            Kind::Docker => self.docker.keep_way_in(site, password).await,
        }
    }

    async fn open_way_in(&self, site: &Site, key: &NewKey<'_>) -> Result<(), Error> {
        match self.kind(site).await? {
            Kind::Native => self.native.open_way_in(site, key).await,
            Kind::Docker => self.docker.open_way_in(site, key).await,
        }
    }

    async fn keep_by_pgbackrest(&self, site: &Site, dir: &Path, superuser: &str) -> Result<(), Error> {
        match self.kind(site).await? {
            Kind::Native => self.native.keep_by_pgbackrest(site, dir, superuser).await,
            Kind::Docker => self.docker.keep_by_pgbackrest(site, dir, superuser).await,
        }
    }

    async fn way_in(&self, site: &Site) -> Result<WayIn, Error> {
        match self.kind(site).await? {
            Kind::Native => self.native.way_in(site).await,
            Kind::Docker => self.docker.way_in(site).await,
        }
    }

    async fn close_way_in(&self, site: &Site) -> Result<(), Error> {
        match self.kind(site).await? {
            Kind::Native => self.native.close_way_in(site).await,
            Kind::Docker => self.docker.close_way_in(site).await,
        }
    }

    async fn resume(&self, site: &Site) -> Result<(), Error> {
        match self.kind(site).await? {
            Kind::Native => self.native.resume(site).await,
            Kind::Docker => self.docker.resume(site).await,
        }
    }

    async fn halt(&self, site: &Site, how: Halt, limit: Duration) -> Result<(), Error> {
        match self.kind(site).await? {
            Kind::Native => self.native.halt(site, how, limit).await,
            Kind::Docker => self.docker.halt(site, how, limit).await,
        }
    }

    async fn dump(&self, site: &Site, dump: &Dump<'_>, into: Sink<'_>) -> Result<(), Error> {
        match self.kind(site).await? {
            Kind::Native => self.native.dump(site, dump, into).await,
            Kind::Docker => self.docker.dump(site, dump, into).await,
        }
    }

    async fn run(&self, site: &Site, tool: &Tool<'_>) -> Result<String, Error> {
        match self.kind(site).await? {
            Kind::Native => self.native.run(site, tool).await,
            Kind::Docker => self.docker.run(site, tool).await,
        }
    }

    async fn sweep(&self, site: &Site) -> Result<(), Error> {
        match self.kind(site).await? {
            Kind::Native => self.native.sweep(site).await,
            Kind::Docker => self.docker.sweep(site).await,
        }
    }

    async fn forget(&self, site: &Site, fate: Fate) -> Result<(), Error> {
        match self.kind(site).await? {
            Kind::Native => self.native.forget(site, fate).await,
            Kind::Docker => self.docker.forget(site, fate).await,
        }
    }
}

impl Booting for AnyBooting {
    async fn died(&mut self) -> io::Result<Option<Death>> {
        match self {
            Self::Native(it) => it.died().await,
            Self::Docker(it) => it.died().await,
        }
    }

    fn accepts(&self) -> bool {
        match self {
            Self::Native(it) => it.accepts(),
            Self::Docker(it) => it.accepts(),
        }
    }
}

//! The Docker engine: one container per instance, its data and configuration in the instance's folder.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use bollard::models::{ContainerCreateBody, ContainerStateStatusEnum};
use bollard::query_parameters::{CreateContainerOptions, KillContainerOptions, RemoveContainerOptions};
use jiff::Timestamp;

use crate::engine::docker::client::{ACT_LIMIT, Client};
use crate::engine::docker::container::{Found, Ours, is_as_made};
use crate::engine::docker::seed::{keep_password, password_in};
pub use crate::engine::docker::server::DockerBooting;
use crate::engine::docker::server::State;
use crate::engine::dump::{Dump, Sink};
use crate::engine::said::telling;
use crate::engine::tool::Tool;
use crate::engine::twin::Owners;
use crate::engine::user::{ServerUser, is_root};
use crate::engine::{
    Cluster, Container, Data, Death, Engine, Fate, Halt, Kind, Left, NewKey, Process, Say, Seen, Site, WayIn,
    archiving, control, folder, major,
};
use crate::error::{Error, IoContext, absent_is_fine};
use crate::secret::Secret;
use crate::settings::EnvSetting;
use crate::wait::{Late, Look, aside, until};

pub mod census;
pub mod client;
pub mod container;
pub mod helper;
pub mod image;
pub mod logs;
pub mod network;
pub mod seed;
pub mod server;
pub mod tool;

/// Between two looks at a container that is to end.
const PAUSE: Duration = Duration::from_millis(20);
/// How long the engine may take to show a container whose name it has given away.
const NAME_LIMIT: Duration = Duration::from_secs(10);

/// The Docker engine.
#[derive(Clone, Debug)]
pub struct Docker {
    /// The way to it.
    pub client: Client,
    /// How the names of its containers begin.
    pub prefix: EnvSetting<String>,
    /// The network that they all join.
    pub network: EnvSetting<String>,
    /// Where seeds are kept.
    pub cache: PathBuf,
}

impl Docker {
    /// Whether nothing hints that this machine has an engine.
    pub fn is_absent(&self) -> bool {
        self.client.is_absent()
    }

    /// Whether there is a container with the site's data.
    pub async fn has(&self, site: &Site) -> Result<bool, Error> {
        self.find(site).await.map(|it| it.ours.is_some())
    }

    /// The image that the wish means now, fetched where it is not here.
    pub async fn pin(&self, wish: &Container, say: Say<'_>) -> Result<Container, Error> {
        image::pin(&self.client, wish, say).await
    }

    /// What the name of the site's image means now, asked of its registry; refused if it could not open the data.
    pub async fn renew(&self, site: &Site, say: Say<'_>) -> Result<Container, Error> {
        let container = image::renew(&self.client, &site.container, say).await?;
        self.fits(&Site { container: container.clone(), ..site.clone() }).await?;
        Ok(container)
    }

    /// An image of this major version, pinned: the one that is named, or that of the site's container under the tag of
    /// another version.
    pub async fn successor(
        &self,
        site: &Site,
        (old, new): (u32, u32),
        named: Option<&str>,
        say: Say<'_>,
    ) -> Result<Container, Error> {
        let refused = |why: String| {
            let advice = format!("`--image` names one of PostgreSQL {new} that is here or can be fetched");
            Error::NotUpgraded { name: site.name.clone(), why, advice }
        };
        let own = &site.container.image;
        let sibling = || image::sibling(own, (old, new));
        let Some(name) = named.map(str::to_owned).or_else(sibling) else {
            return Err(refused(format!(
                "the name of its image `{own}` does not say that it is of PostgreSQL {old}"
            )));
        };
        let wish = Container { image: name, digest: String::new(), ..site.container.clone() };
        let pinned = match self.pin(&wish, say).await {
            Err(err @ Error::NoImage { .. }) => return Err(refused(err.line())),
            pinned => pinned?,
        };
        match image::major(&self.client, &pinned).await? {
            Some(major) if major == new => Ok(pinned),
            Some(major) => Err(refused(format!("image `{}` holds PostgreSQL {major}", pinned.image))),
            None => Err(refused(format!("image `{}` does not say which PostgreSQL it holds", pinned.image))),
        }
    }

    async fn find(&self, site: &Site) -> Result<Found, Error> {
        container::find(&self.client, self.prefix.get()?, site).await
    }

    /// The container of a site whose server is to be asked for something.
    async fn ours(&self, site: &Site) -> Result<Ours, Error> {
        let absent =
            || Error::NotServing { name: site.name.clone(), state: "without a container".to_owned() };
        self.find(site).await?.ours.ok_or_else(absent)
    }

    /// The container of the site as it should be now. A command that was killed may have asked for it a moment ago: then
    /// its name is in use before it can be found.
    async fn container(&self, site: &Site) -> Result<String, Error> {
        let settled = until(NAME_LIMIT, PAUSE, async || match self.make_container(site).await {
            Err(Error::EngineRefused { said, .. }) if said.contains("already in use by container") => {
                Look::NotYet(said)
            }
            Err(err) => Look::Never(err),
            Ok(id) => Look::Ready(id),
        });
        settled.await.map_err(|late| match late {
            Late::Never(err) => err,
            Late::TimedOut { last, .. } => {
                Error::EngineRefused { doing: "making a container".to_owned(), said: last }
            }
        })
    }

    /// Makes the container where it is missing. One that is not as it should be is made anew: all that is worth keeping
    /// is in the instance's folder.
    async fn make_container(&self, site: &Site) -> Result<String, Error> {
        let found = self.find(site).await?;
        let name = container::name(self.prefix.get()?, site);
        let network = network::ensure(&self.client, self.network.get()?).await?;
        let body = container::body(site, &network, &name);
        match found.ours {
            Some(ours) if is_as_made(&ours, &body) => return self.join_all(site, ours).await,
            Some(ours) => self.remove(&ours.id).await?,
            None => {}
        }
        if let Some(container) = found.taken {
            return Err(Error::ContainerTaken { name: site.name.clone(), container });
        }
        let id = self.create(Some(&name), body).await?;
        for network in &site.container.networks {
            network::join(&self.client, network, &id, &name).await?;
        }
        Ok(id)
    }

    /// Lets a container into the networks that it was not let into when it was made: that may have been interrupted. An
    /// adopted one is taken as it is.
    async fn join_all(&self, site: &Site, ours: Ours) -> Result<String, Error> {
        let networks = if ours.made_from.is_some() { site.container.networks.as_slice() } else { &[] };
        for network in networks.iter().filter(|it| !ours.networks.contains(it)) {
            let name = container::name(self.prefix.get()?, site);
            network::join(&self.client, network, &ours.id, &name).await?;
        }
        Ok(ours.id)
    }

    async fn create(&self, name: Option<&str>, body: ContainerCreateBody) -> Result<String, Error> {
        let options =
            CreateContainerOptions { name: name.map(str::to_owned), ..CreateContainerOptions::default() };
        let api = self.client.api().await?;
        let created = api.create_container(Some(options), body);
        Ok(self.client.within("making a container", ACT_LIMIT, created).await?.id)
    }

    async fn start(&self, id: &str) -> Result<(), Error> {
        let api = self.client.api().await?;
        self.client.within("starting a container", ACT_LIMIT, api.start_container(id, None)).await
    }

    /// Removes a container that is ours, whatever it does. Its data is not in it.
    async fn remove(&self, id: &str) -> Result<(), Error> {
        let options = RemoveContainerOptions { force: true, v: true, ..RemoveContainerOptions::default() };
        let api = self.client.api().await?;
        let removed = api.remove_container(id, Some(options));
        self.client.settle("removing a container", ACT_LIMIT, removed).await?;
        // It goes on being removed for a moment, and keeps its name as long.
        let gone = until(ACT_LIMIT, PAUSE, async || match self.client.container(id).await {
            Ok(None) => Look::Ready(()),
            Ok(Some(_)) => Look::NotYet("its container is being removed".to_owned()),
            Err(err) => Look::Never(err),
        });
        gone.await.map_err(|late| match late {
            Late::Never(err) => err,
            Late::TimedOut { last, .. } => {
                Error::EngineRefused { doing: "removing a container".to_owned(), said: last }
            }
        })
    }

    async fn signal(&self, id: &str, signal: &str) -> Result<(), Error> {
        let options = KillContainerOptions { signal: signal.to_owned() };
        let api = self.client.api().await?;
        let signaled = api.kill_container(id, Some(options));
        self.client.settle("ending a container's server", ACT_LIMIT, signaled).await
    }

    /// Ends a container whose server cannot stay up, which the engine would start again and again. It is asked until it is
    /// over: asked while the engine is about to start the container once more, it says yes and starts it all the same.
    async fn quiet(&self, id: &str) -> Result<(), Error> {
        let api = self.client.api().await?;
        let over = until(ACT_LIMIT, PAUSE, async || {
            let stopped = api.stop_container(id, None);
            if let Err(err) = self.client.settle("stopping a container", ACT_LIMIT, stopped).await {
                return Look::Never(err);
            }
            match self.state(id).await {
                Ok(Some(it)) if it.is_over() => Look::Ready(()),
                Ok(_) => Look::NotYet("the engine starts its container again".to_owned()),
                Err(err) => Look::Never(err),
            }
        });
        match over.await {
            Ok(()) | Err(Late::TimedOut { .. }) => Ok(()),
            Err(Late::Never(err)) => Err(err),
        }
    }

    /// The state of a container that is waited for; none while the engine cannot say. It answers no question about a
    /// container that it is about to start or to end, and waits have limits of their own.
    async fn state(&self, id: &str) -> Result<Option<State>, Error> {
        let found = match self.client.container(id).await {
            Err(Error::EngineUnreachable { .. }) => return Ok(None),
            found => found?,
        };
        let status = found.and_then(|it| it.state).and_then(|it| it.status);
        Ok(Some(State(status.unwrap_or(ContainerStateStatusEnum::DEAD))))
    }

    /// Waits until a container's process is gone.
    async fn ended(&self, site: &Site, id: &str, limit: Duration) -> Result<(), Error> {
        let ended = until(limit, PAUSE, async || match self.state(id).await {
            Ok(Some(it)) if it.is_up() => Look::NotYet("its container still runs".to_owned()),
            Ok(Some(_)) => Look::Ready(()),
            Ok(None) => Look::NotYet("the engine does not answer".to_owned()),
            Err(err) => Look::Never(err),
        });
        ended.await.map_err(|late| match late {
            Late::Never(err) => err,
            Late::TimedOut { limit, last } => {
                Error::NotStopped { name: site.name.clone(), waited: limit, last }
            }
        })
    }

    /// Why a container of ours did not do what it was made for, in its own words.
    async fn last_words(&self, site: &Site, id: &str) -> Error {
        let program = format!("image `{}`", site.container.image);
        match self.said(id, Timestamp::UNIX_EPOCH).await {
            Ok(said) => Error::Program { program, said: telling(&said) },
            Err(err) => err,
        }
    }

    /// The folder of the instance as far as people are concerned who are not the server.
    fn look(&self, site: &Site) -> Result<Data, Error> {
        match Data::look(&site.data()) {
            Err(Error::Io { source, .. }) if source.kind() == std::io::ErrorKind::PermissionDenied => {
                Ok(Data::Closed)
            }
            looked => looked,
        }
    }
}

/// The file with the password of a new server.
fn first_password(site: &Site) -> PathBuf {
    site.dir.join("run").join("first-password")
}

/// The data is its server's, as other data is; what is around it is ours.
fn owners_like(data: &Path) -> Result<Owners, Error> {
    let found = fs::metadata(data).doing("reading", data)?;
    let data = ServerUser { name: String::new(), uid: found.uid(), gid: found.gid(), foreign: is_root() };
    Ok(Owners { around: ServerUser { foreign: false, ..data.clone() }, data })
}

impl Engine for Docker {
    type Booting = DockerBooting;

    async fn data_directory(&self, site: &Site) -> Result<PathBuf, Error> {
        let ours = self.find(site).await?.ours;
        Ok(ours.map_or(container::DATA.into(), |it| it.data_directory))
    }

    async fn observe(&self, site: &Site) -> Result<Seen, Error> {
        let (found, data) = (self.find(site).await?, self.look(site)?);
        let remark = self.remark(site, &found, data);
        let ours = found.ours.as_ref();
        Ok(Seen {
            kind: Kind::Docker,
            data: told_by_container(data, ours),
            process: ours.map_or(Process::None, Ours::process),
            identifier: control::identifier(&site.data()).ok(),
            data_directory: ours.map_or(container::DATA.into(), |it| it.data_directory.clone()),
            remark,
        })
    }

    async fn provide(&self, site: &Site, say: Say<'_>) -> Result<String, Error> {
        image::ensure(&self.client, &site.container, say).await?;
        let Container { image, digest, .. } = &site.container;
        Ok(if digest.is_empty() { format!("image {image}") } else { format!("image {image} ({digest})") })
    }

    async fn make(&self, site: &Site, cluster: &Cluster) -> Result<u32, Error> {
        let seed = seed::ensure(self, site, cluster).await?;
        let Owners { around, data: server } = owners_like(&seed.data())?;
        let (data, place) = (seed.data(), site.clone());
        aside(move || folder::settle(&place, &data, &around, &server)).await?;
        keep_password(&first_password(site), &seed.password()?)?;
        let foreign = || Error::NotOurs { path: site.data(), what: "no data directory".to_owned() };
        major(&site.data()).ok_or_else(foreign)
    }

    async fn configure(&self, site: &Site, text: &str) -> Result<(), Error> {
        let file = site.config_file();
        fs::write(&file, text).doing("writing", &file)?;
        // The server in the container is somebody else. Other people of this machine do not get through the folder.
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).doing("opening to the server", &file)
    }

    async fn check(&self, site: &Site) -> Result<(), Error> {
        self.fits(site).await?;
        match self.find(site).await?.ours {
            Some(ours) if matches!(ours.process(), Process::Alive { .. }) => self.judge(site, &ours).await,
            // Its start will tell.
            Some(_) | None => Ok(()),
        }
    }

    async fn boot(&self, site: &Site) -> Result<DockerBooting, Error> {
        image::ensure(&self.client, &site.container, &|_| ()).await?;
        if let Some(archive) = &site.archive {
            archiving::ensure(archive, &self.owners(site).await?.data)?;
        }
        let id = self.container(site).await?;
        let mut booting = DockerBooting::new(self, site, &id);
        match self.start(&id).await {
            Ok(()) => Ok(booting),
            Err(Error::EngineRefused { said, .. }) if is_about_the_port(&said) => {
                booting.refuse(Death::PortTaken);
                Ok(booting)
            }
            Err(Error::EngineRefused { said, .. }) if is_about_a_network(&said) => {
                // A network that was made anew is another one to the container, which is made anew too.
                self.remove(&id).await?;
                let id = self.container(site).await?;
                let booting = DockerBooting::new(self, site, &id);
                self.start(&id).await.map(|()| booting)
            }
            Err(err) => Err(err),
        }
    }

    /// Data that is not there yet is ours until the image begins with it, which hands it to its own user.
    async fn owners(&self, site: &Site) -> Result<Owners, Error> {
        let data = site.data();
        let there = if data.exists() { data } else { site.dir.clone() };
        owners_like(&there)
    }

    async fn keep_way_in(&self, site: &Site, password: &Secret) -> Result<(), Error> {
        keep_password(&first_password(site), password)
    }

    async fn open_way_in(&self, site: &Site, key: &NewKey<'_>) -> Result<(), Error> {
        self.turn(&self.ours(site).await?, key).await?;
        keep_password(&first_password(site), &key.password)
    }

    async fn keep_by_pgbackrest(&self, site: &Site, _dir: &Path, _superuser: &str) -> Result<(), Error> {
        Err(Error::NotArchived {
            name: site.name.clone(),
            why: "it runs in a container, whose image has no pgbackrest".to_owned(),
            advice: "leave out --with pgbackrest".to_owned(),
        })
    }

    async fn way_in(&self, site: &Site) -> Result<WayIn, Error> {
        password_in(&first_password(site)).map(WayIn::Password)
    }

    async fn close_way_in(&self, site: &Site) -> Result<(), Error> {
        let file = first_password(site);
        absent_is_fine(fs::remove_file(&file)).doing("deleting", &file)
    }

    async fn resume(&self, site: &Site) -> Result<(), Error> {
        let Some(ours) = self.find(site).await?.ours else { return Ok(()) };
        let api = self.client.api().await?;
        let resumed = api.unpause_container(&ours.id);
        self.client.within("letting a paused container go on", ACT_LIMIT, resumed).await
    }

    async fn halt(&self, site: &Site, how: Halt, limit: Duration) -> Result<(), Error> {
        let Some(ours) = self.find(site).await?.ours else { return Ok(()) };
        match (ours.process(), ours.state) {
            (Process::None, ContainerStateStatusEnum::RESTARTING) => return self.quiet(&ours.id).await,
            (Process::None, _) => return Ok(()),
            // A frozen process obeys no signal but the last one.
            (Process::Paused, _) if how == Halt::Fast => self.resume(site).await?,
            (Process::Paused | Process::Alive { .. }, _) => {}
        }
        let signal = match how {
            Halt::Fast => "SIGINT",
            Halt::Immediate => "SIGKILL",
        };
        self.signal(&ours.id, signal).await?;
        if how == Halt::Fast {
            // A server that somebody has stopped with SIGSTOP obeys once it goes on.
            self.signal(&ours.id, "SIGCONT").await?;
        }
        self.ended(site, &ours.id, limit).await
    }

    async fn dump(&self, site: &Site, dump: &Dump<'_>, into: Sink<'_>) -> Result<(), Error> {
        self.dump_in(&self.ours(site).await?, dump, into).await
    }

    async fn run(&self, site: &Site, tool: &Tool<'_>) -> Result<String, Error> {
        self.run_tool(site, tool).await
    }

    async fn sweep(&self, site: &Site) -> Result<(), Error> {
        self.sweep_tools(site).await
    }

    async fn forget(&self, site: &Site, fate: Fate) -> Result<(), Error> {
        if let Some(ours) = self.find(site).await?.ours {
            self.remove(&ours.id).await?;
        }
        for network in std::iter::once(self.network.get()?).chain(&site.container.networks) {
            network::tidy(&self.client, network).await?;
        }
        match fate {
            Fate::Kept => Ok(()),
            Fate::Deleted if is_root() || is_all_ours(site) => Ok(()),
            Fate::Deleted => self.take_back(site).await,
        }
    }
}

impl Docker {
    /// Refuses data that another version wrote than the image holds: its server would end at once, again and again.
    async fn fits(&self, site: &Site) -> Result<(), Error> {
        match major(&site.data()) {
            Some(data) => self.serves(site, data).await,
            None => Ok(()),
        }
    }

    /// The same of data that is still to come.
    pub(super) async fn serves(&self, site: &Site, data: u32) -> Result<(), Error> {
        match image::major(&self.client, &site.container).await? {
            Some(image) if data != image => Err(Error::DataUnusable {
                name: site.name.clone(),
                path: site.data(),
                why: format!(
                    "PostgreSQL {data} wrote it, and image `{}` holds {image}",
                    site.container.image
                ),
                mend: format!(
                    "name an image of PostgreSQL {data} in `image` of its record, and none in `digest`"
                ),
            }),
            Some(_) | None => Ok(()),
        }
    }

    /// What people should know who see the instance's state.
    fn remark(&self, site: &Site, found: &Found, data: Data) -> Option<String> {
        let name = container::name(self.prefix.or_default(), site);
        let of_ours = |ours: &Ours| match ours.state {
            ContainerStateStatusEnum::RESTARTING => {
                Some(format!("its container starts again and again (exit code {})", ours.exit_code))
            }
            _ if ours.name != name => Some(format!("its container is called `{}`", ours.name)),
            _ if !ours.ports.contains(&site.port.to_string()) => {
                Some(format!("its container `{name}` does not publish port {}", site.port))
            }
            _ => None,
        };
        match (&found.taken, &found.ours) {
            (Some(taken), _) => Some(format!("the container `{taken}` is somebody else's")),
            (None, Some(ours)) => of_ours(ours),
            // Without its data no start makes one.
            (None, None) if matches!(data, Data::Absent | Data::Foreign) => None,
            (None, None) => Some(format!("there is no container `{name}`; a start makes it anew")),
        }
    }
}

/// Where we may not look into the data, its container tells how the last server left it.
fn told_by_container(data: Data, ours: Option<&Ours>) -> Data {
    match (data, ours) {
        // Killed, or ended by an error of its own.
        (Data::Closed, Some(ours)) if ours.exit_code != 0 && ours.process() == Process::None => {
            Data::Present { major: 0, left: Left::Open }
        }
        (data, _) => data,
    }
}

/// Whether we can delete the instance's data ourselves.
fn is_all_ours(site: &Site) -> bool {
    let me = rustix::process::geteuid().as_raw();
    match fs::metadata(site.data()) {
        Ok(found) => found.uid() == me,
        Err(err) => crate::error::is_absent(&err),
    }
}

fn is_about_the_port(said: &str) -> bool {
    ["address already in use", "port is already allocated"].iter().any(|it| said.contains(it))
}

fn is_about_a_network(said: &str) -> bool {
    said.contains("network") && said.contains("not found")
}

//! The native engine: one server process per instance, from PostgreSQL programs found on the machine.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::engine::dump::{Dump, Sink};
use crate::engine::folder;
use crate::engine::folder::own_dir;
use crate::engine::native::process::NativeBooting;
use crate::engine::native::programs::{Programs, Search};
use crate::engine::native::seed::Seeds;
use crate::engine::native::upgrade::Upgrade;
use crate::engine::tool::Tool;
use crate::engine::twin::Owners;
use crate::engine::user::ServerUser;
use crate::engine::{
    Cluster, Data, Engine, Fate, Halt, Kind, NewKey, Process, Say, Seen, Site, WayIn, archiving, control,
    major,
};
use crate::error::{Error, IoContext};
use crate::secret::Secret;
use crate::wait::aside;

pub mod config;
pub mod dump;
pub mod pgbackrest;
pub mod process;
pub mod programs;
pub mod seed;
pub mod segment;
pub mod tool;
pub mod upgrade;

/// The longest path of a Unix socket, in bytes, on Linux.
const SOCKET_PATH_BYTES: usize = 107;

/// The user that every package of PostgreSQL makes.
const PACKAGED_USER: &str = "postgres";

/// The native engine.
#[derive(Clone, Debug)]
pub struct Native {
    /// Where PostgreSQL's programs are looked for.
    pub search: Search,
    /// Who runs servers when we are root.
    pub os_user: String,
    /// Where seeds are kept.
    pub cache: PathBuf,
    /// The major version of the client programs that are run, where that is not the server's own.
    pub clients: Option<u32>,
}

impl Native {
    pub(super) async fn programs(&self, major: Option<u32>) -> Result<(Programs, ServerUser), Error> {
        // Without programs there may be no server user yet either: installing them makes both.
        let user = ServerUser::find(&self.os_user);
        let found = match &user {
            Ok(user) => self.search.find(major, user).await,
            Err(_) => None,
        };
        match (found, user) {
            (Some(programs), Ok(user)) => Ok((programs, user)),
            (None, Ok(_)) => Err(self.search.missing(major)),
            (_, Err(err)) => Err(err),
        }
    }

    /// Refuses a major version of which there are no programs beside others.
    pub async fn need(&self, major: u32) -> Result<(), Error> {
        match self.programs(Some(major)).await {
            Ok(_) => Ok(()),
            Err(Error::NoPrograms { .. }) => {
                let user = ServerUser::find(&self.os_user)?;
                Err(self.search.missing_beside(major, &self.search.majors(&user).await))
            }
            Err(err) => Err(err),
        }
    }

    /// Makes new data of another site's, whose server is stopped, by the programs of both.
    pub async fn upgrade(&self, old: &Site, new: &Site, user: &str, jobs: u32) -> Result<(), Error> {
        let (from, _) = self.programs(major(&old.data())).await?;
        let (to, server) = self.programs(major(&new.data())).await?;
        let sockets = self.socket_dir(new);
        own_dir(&sockets, &server)?;
        let run = Upgrade { old, new, from: &from, to: &to, server: &server, sockets: &sockets };
        run.run(user, jobs).await
    }

    /// Whether installing programs would make the server's user as well.
    async fn packages_make_user(&self) -> bool {
        self.os_user == PACKAGED_USER && self.search.find(None, &ServerUser::anybody()).await.is_none()
    }

    fn socket_dir(&self, site: &Site) -> PathBuf {
        let run = site.dir.join("run");
        let longest = run.join(".s.PGSQL.65535.lock");
        if longest.as_os_str().as_bytes().len() <= SOCKET_PATH_BYTES {
            return run;
        }
        // The port is part of the socket's name, so that a collision of the hash would do no harm.
        let hash = crc32c::crc32c(run.as_os_str().as_bytes());
        PathBuf::from(format!("/tmp/.resource-postgres-{hash:08x}"))
    }
}

impl Engine for Native {
    type Booting = NativeBooting;

    async fn data_directory(&self, site: &Site) -> Result<PathBuf, Error> {
        Ok(without_links(site))
    }

    async fn observe(&self, site: &Site) -> Result<Seen, Error> {
        let (data, data_directory) = (Data::look(&site.data())?, without_links(site));
        let process = match data {
            Data::Present { .. } => process::find(&data_directory),
            Data::Absent | Data::Foreign | Data::Closed => Process::None,
        };
        let identifier = control::identifier(&data_directory).ok();
        Ok(Seen { kind: Kind::Native, data, process, data_directory, identifier, remark: None })
    }

    async fn provide(&self, _site: &Site, say: Say<'_>) -> Result<String, Error> {
        let (programs, _) = match self.programs(None).await {
            Ok(found) => found,
            Err(err @ Error::NoServerUser { .. }) if !self.packages_make_user().await => return Err(err),
            Err(Error::NoPrograms { .. } | Error::NoServerUser { .. }) => {
                self.search.install(say).await?;
                self.programs(None).await?
            }
            Err(err) => return Err(err),
        };
        Ok(format!("{} in {}", programs.version().await, programs.bin.display()))
    }

    async fn make(&self, site: &Site, cluster: &Cluster) -> Result<u32, Error> {
        let (programs, user) = self.programs(cluster.major).await?;
        let major = programs.major;
        let (cache, site, cluster) = (self.cache.clone(), site.clone(), cluster.clone());
        aside(move || {
            let seeds = Seeds { dir: &cache, programs: &programs, user: &user };
            make_data(&seeds, &site, &cluster)
        })
        .await?;
        Ok(major)
    }

    async fn configure(&self, site: &Site, text: &str) -> Result<(), Error> {
        let file = site.config_file();
        fs::write(&file, text).doing("writing", &file)?;
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).doing("protecting", &file)?;
        ServerUser::find(&self.os_user)?.own(&file)
    }

    async fn check(&self, site: &Site) -> Result<(), Error> {
        let (programs, user) = self.programs(major(&site.data())).await?;
        check_data(site, &user)?;
        config::check(site, &without_links(site), &self.socket_dir(site), &programs, &user).await
    }

    async fn boot(&self, site: &Site) -> Result<NativeBooting, Error> {
        let (programs, user) = self.programs(major(&site.data())).await?;
        for dir in ["run", "log"] {
            own_dir(&site.dir.join(dir), &user)?;
        }
        let socket_dir = self.socket_dir(site);
        own_dir(&socket_dir, &user)?;
        if let Some(archive) = &site.archive {
            archiving::ensure(archive, &user)?;
        }
        let data = without_links(site);
        process::bury(site, &data).await?;
        process::clear(site, &data, &socket_dir)?;
        process::spawn(site, &data, &socket_dir, &programs, &user)
    }

    async fn halt(&self, site: &Site, how: Halt, limit: Duration) -> Result<(), Error> {
        process::halt(site, &without_links(site), how, limit).await
    }

    async fn owners(&self, _site: &Site) -> Result<Owners, Error> {
        let user = ServerUser::find(&self.os_user)?;
        Ok(Owners { around: user.clone(), data: user })
    }

    async fn keep_way_in(&self, _site: &Site, _password: &Secret) -> Result<(), Error> {
        Ok(())
    }

    async fn open_way_in(&self, _site: &Site, _key: &NewKey<'_>) -> Result<(), Error> {
        Ok(())
    }

    async fn keep_by_pgbackrest(&self, site: &Site, dir: &Path, superuser: &str) -> Result<(), Error> {
        let user = ServerUser::find(&self.os_user)?;
        pgbackrest::begin(site, dir, &self.socket_dir(site), superuser, &user).await
    }

    async fn way_in(&self, site: &Site) -> Result<WayIn, Error> {
        Ok(WayIn::Socket(self.socket_dir(site)))
    }

    async fn close_way_in(&self, _site: &Site) -> Result<(), Error> {
        Ok(())
    }

    async fn resume(&self, _site: &Site) -> Result<(), Error> {
        Ok(())
    }

    async fn dump(&self, site: &Site, dump: &Dump<'_>, into: Sink<'_>) -> Result<(), Error> {
        let (programs, _) = self.programs(major(&site.data())).await?;
        dump::run(site, &programs, dump, into).await
    }

    async fn run(&self, site: &Site, tool: &Tool<'_>) -> Result<String, Error> {
        let (programs, _) = self.programs(self.clients.or(major(&site.data()))).await?;
        tool::run(site, &programs, tool).await
    }

    /// Programs of this machine end with whoever has started them, or soon after: they find nobody to talk to. But
    /// `pg_upgrade` brings its own servers.
    async fn sweep(&self, site: &Site) -> Result<(), Error> {
        upgrade::sweep(site, &without_links(site)).await
    }

    async fn forget(&self, site: &Site, _fate: Fate) -> Result<(), Error> {
        segment::remove_left_by(&site.data());
        let socket_dir = self.socket_dir(site);
        if socket_dir.starts_with(&site.dir) || !socket_dir.exists() {
            return Ok(());
        }
        fs::remove_dir_all(&socket_dir).doing("deleting", &socket_dir)
    }
}

/// The data directory as its server sees it, which has changed into it.
fn without_links(site: &Site) -> PathBuf {
    let data = site.data();
    fs::canonicalize(&data).unwrap_or(data)
}

fn make_data(seeds: &Seeds<'_>, site: &Site, cluster: &Cluster) -> Result<(), Error> {
    let seed = seeds.ensure(cluster)?;
    folder::settle(site, &seed, seeds.user, seeds.user)
}

/// PostgreSQL insists on its data directory's owner and mode.
fn check_data(site: &Site, user: &ServerUser) -> Result<(), Error> {
    let path = site.data();
    let found = fs::metadata(&path).doing("reading the data directory", &path)?;
    let unusable = |why: String, mend: String| {
        Err(Error::DataUnusable { name: site.name.clone(), path: path.clone(), why, mend })
    };
    if found.uid() != user.uid {
        return unusable(
            format!("it belongs to uid {}, and the server runs as `{}`", found.uid(), user.name),
            format!("if no other server uses it: `chown -R {} {}`", user.name, for_shell(&path)),
        );
    }
    let mode = found.mode() & 0o7777;
    if mode & 0o027 != 0 || mode & 0o700 != 0o700 {
        let what = if mode & 0o027 != 0 { "lets others in" } else { "keeps its owner out" };
        return unusable(format!("its mode {mode:04o} {what}"), format!("`chmod 0700 {}`", for_shell(&path)));
    }
    match user.blocked_at(&path) {
        None => Ok(()),
        Some(dir) => unusable(
            format!("the server runs as `{}`, who cannot enter {}", user.name, dir.display()),
            format!("`chmod o+x {}`", for_shell(dir)),
        ),
    }
}

/// The path as one word of a shell's command.
fn for_shell(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

//! Engines: who runs an instance's server. They know folders, processes and containers, and nothing of records or SQL.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::engine::dump::{Dump, Sink};
use crate::engine::tool::Tool;
use crate::engine::twin::Owners;
use crate::error::{Error, IoContext, absent_is_none};
use crate::replay::Replay;
pub use crate::runtime::{Container, Kind};
use crate::secret::Secret;

pub mod archiving;
pub mod control;
pub mod copy;
pub mod docker;
pub mod dump;
pub mod engines;
pub mod folder;
pub mod inert;
pub mod native;
pub mod pid_file;
pub mod place;
pub mod revival;
pub mod said;
pub mod selection;
pub mod tool;
pub mod twin;
pub mod user;
pub mod wal;

/// Where one instance lives, as an engine needs to know it.
#[derive(Clone, Debug)]
pub struct Site {
    /// The instance's name, for messages and process titles.
    pub name: String,
    /// The instance's folder, which holds `data config content run log`.
    pub dir: PathBuf,
    /// TCP port on 127.0.0.1.
    pub port: u16,
    /// Its superuser, for whoever looks into its container's environment; empty without a record.
    pub user: String,
    /// Its database, for the same.
    pub database: String,
    /// Whose it is; an adopted instance does not say.
    pub kind: Option<Kind>,
    /// What its container is made from, if it has one.
    pub container: Container,
    /// Where its server archives its WAL, if it does.
    pub archive: Option<PathBuf>,
    /// The WAL that its server replays when it is started for the first time.
    pub replay: Option<Replay>,
}

/// What a new data directory is to hold.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// Its superuser.
    pub user: String,
    /// A database beside PostgreSQL's own.
    pub database: String,
    /// The major version of the programs that make it, where one is meant; an image has its own.
    pub major: Option<u32>,
    /// What initdb is told of its form, where it is to be like another's; an image has its own.
    pub form: Vec<String>,
}

/// What an engine sees of an instance, without asking the server itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The engine that looked.
    pub kind: Kind,
    /// The data directory.
    pub data: Data,
    /// The server process.
    pub process: Process,
    /// The data directory's place as the server itself names it.
    pub data_directory: PathBuf,
    /// What tells its data from all other data, where we may look into it.
    pub identifier: Option<u64>,
    /// What else there is to know, such as that somebody else has the container's name.
    pub remark: Option<String>,
}

/// What lies where the data should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Data {
    /// Nothing, or an empty folder.
    Absent,
    /// Files, but no PostgreSQL data directory.
    Foreign,
    /// A folder that only its server may look into.
    Closed,
    /// A data directory.
    Present {
        /// The major version that wrote it.
        major: u32,
        /// How its last server left it.
        left: Left,
    },
}

/// How the last server left its data, as pg_control says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// Shut down.
    Clean,
    /// In the middle of work: running still, or crashed.
    Open,
    /// In the middle of replaying WAL.
    Recovering,
}

/// The server process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Process {
    /// There is none.
    None,
    /// It lives.
    Alive {
        /// Its process id.
        pid: i32,
    },
    /// It lives, and its container is paused.
    Paused,
}

/// How a new server lets its superuser in for the first time, before it knows the instance's password.
#[derive(Clone, Debug)]
pub enum WayIn {
    /// Through its local socket in this folder, where the operating system vouches for the user.
    Socket(PathBuf),
    /// Over TCP with a password that is good for this once.
    Password(Secret),
}

/// A password that a superuser is to have whose own is not known.
#[derive(Clone, Debug)]
pub struct NewKey<'a> {
    /// The superuser.
    pub user: &'a str,
    /// The password.
    pub password: Secret,
    /// The SQL that gives it, in which it is not to be read.
    pub statements: String,
}

/// How to end a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Halt {
    /// End sessions, write a checkpoint, exit.
    Fast,
    /// Exit at once; the next start replays WAL. Kills what does not obey.
    Immediate,
}

/// Why a server ended while it started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Death {
    /// Somebody listens on its port.
    PortTaken,
    /// Processes of its predecessor are still ending: worth another try.
    Leftovers,
    /// Its configuration is not valid, and why.
    Misconfigured(String),
    /// Anything else, in the server's words.
    Other(String),
}

/// What an engine can do with an instance.
#[expect(async_fn_in_trait, reason = "the trait is for this crate, whose futures stay on one thread")]
pub trait Engine {
    /// A server that has been started and has not been proved yet.
    type Booting: Booting;

    /// The data directory's place as the server itself names it.
    async fn data_directory(&self, site: &Site) -> Result<PathBuf, Error>;
    /// Looks at data and process.
    async fn observe(&self, site: &Site) -> Result<Seen, Error>;
    /// Makes what the site's server is run from (programs, an image) available, and says what it is.
    async fn provide(&self, site: &Site, say: Say<'_>) -> Result<String, Error>;
    /// Makes the data directory of a new instance, whole or not at all, and answers its major version.
    async fn make(&self, site: &Site, cluster: &Cluster) -> Result<u32, Error>;
    /// Writes the server's configuration file.
    async fn configure(&self, site: &Site, text: &str) -> Result<(), Error>;
    /// Refuses what a start would fail at: unusable data, an invalid configuration.
    async fn check(&self, site: &Site) -> Result<(), Error>;
    /// Starts the server.
    async fn boot(&self, site: &Site) -> Result<Self::Booting, Error>;
    /// Whose the files of an instance are to be whose data is made of this one's.
    async fn owners(&self, site: &Site) -> Result<Owners, Error>;
    /// The superuser of data that was not made here has this password: keeps it where it is the way in.
    async fn keep_way_in(&self, site: &Site, password: &Secret) -> Result<(), Error>;
    /// The superuser of a running server has a password that nobody knows here: gives it another where that is the way in.
    async fn open_way_in(&self, site: &Site, key: &NewKey<'_>) -> Result<(), Error>;
    /// How the superuser of a new server comes in.
    async fn way_in(&self, site: &Site) -> Result<WayIn, Error>;
    /// The superuser has the instance's password now: deletes what let it in before.
    async fn close_way_in(&self, site: &Site) -> Result<(), Error>;
    /// Makes `dir` an archive of WAL that `pgbackrest` keeps for the running server.
    async fn keep_by_pgbackrest(&self, site: &Site, dir: &Path, superuser: &str) -> Result<(), Error>;
    /// Lets a server that was paused go on.
    async fn resume(&self, site: &Site) -> Result<(), Error>;
    /// Ends the server and waits until it is gone.
    async fn halt(&self, site: &Site, how: Halt, limit: Duration) -> Result<(), Error>;
    /// Writes a database of the running server as SQL, by the `pg_dump` of the server's own version.
    async fn dump(&self, site: &Site, dump: &Dump<'_>, into: Sink<'_>) -> Result<(), Error>;
    /// Runs a client program of the server's own version, and answers what it wrote to its standard output.
    async fn run(&self, site: &Site, tool: &Tool<'_>) -> Result<String, Error>;
    /// Ends the client programs of an instance that nobody waits for: those that killed commands have left, and this
    /// command's own. What others run beside it goes on.
    async fn sweep(&self, site: &Site) -> Result<(), Error>;
    /// Deletes what belongs to the instance outside of its folder. The server must be gone.
    async fn forget(&self, site: &Site, fate: Fate) -> Result<(), Error>;
}

/// Somebody to tell people what takes long.
pub type Say<'a> = &'a (dyn Fn(&str) + Sync);

/// What happens to an instance's data when the instance is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It stays, with the record that opens it.
    Kept,
    /// It is deleted.
    Deleted,
}

/// A server on its way up.
#[expect(async_fn_in_trait, reason = "the trait is for this crate")]
pub trait Booting {
    /// Why it ended, if it has.
    async fn died(&mut self) -> io::Result<Option<Death>>;
    /// Whether it accepts connections, as far as can be seen from outside: one that does not would write each
    /// attempt into its log as a fatal error.
    fn accepts(&self) -> bool;
}

impl Cluster {
    /// One as they are made where nothing is said.
    pub fn plain(user: &str, database: &str) -> Self {
        Self { user: user.to_owned(), database: database.to_owned(), major: None, form: Vec::new() }
    }
}

impl Site {
    /// A place of which nothing else is known yet.
    pub fn at(name: &str, dir: PathBuf, container: Container) -> Self {
        let (name, user, database) = (name.to_owned(), String::new(), String::new());
        Self { name, dir, port: 0, user, database, kind: None, container, archive: None, replay: None }
    }

    /// The data directory.
    pub fn data(&self) -> PathBuf {
        self.dir.join("data")
    }

    /// The server's configuration file.
    pub fn config_file(&self) -> PathBuf {
        self.dir.join("config").join("postgresql.conf")
    }

    /// The log of a server that writes one itself.
    pub fn log_file(&self) -> PathBuf {
        self.dir.join("log").join("postgresql.log")
    }
}

impl Data {
    /// Looks at a data directory.
    pub fn look(path: &Path) -> Result<Self, Error> {
        let entries = absent_is_none(fs::read_dir(path)).doing("reading the data directory", path)?;
        if entries.is_none_or(|mut it| it.next().is_none()) {
            return Ok(Self::Absent);
        }
        match (major(path), control::left(path)) {
            (Some(major), Ok(left)) => Ok(Self::Present { major, left }),
            _ => Ok(Self::Foreign),
        }
    }
}

/// The setting whose value a server of this version is asked for with `-C` so that it judges its configuration. From 15
/// on one that is computed at start, for which it goes through all that a start checks; before only single settings.
pub fn judged_by(major: u32) -> &'static str {
    if major >= 15 { "shared_memory_size" } else { "port" }
}

/// The major version that wrote a data directory.
pub fn major(data: &Path) -> Option<u32> {
    fs::read_to_string(data.join("PG_VERSION")).ok()?.trim().parse().ok()
}

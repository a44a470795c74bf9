//! Engines: who runs an instance's server. They know folders and processes, and nothing of records or SQL.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::Error;

pub mod native;

/// Where one instance lives, as an engine needs to know it.
#[derive(Clone, Debug)]
pub struct Site {
    /// The instance's name, for messages and process titles.
    pub name: String,
    /// The instance's folder, which holds `data config content run log`.
    pub dir: PathBuf,
    /// TCP port on 127.0.0.1.
    pub port: u16,
}

/// What a new data directory is to hold.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// Its superuser.
    pub user: String,
    /// A database beside PostgreSQL's own.
    pub database: String,
}

/// What an engine sees of an instance, without asking the server itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The data directory.
    pub data: Data,
    /// The server process.
    pub process: Process,
}

/// What lies where the data should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Data {
    /// Nothing, or an empty folder.
    Absent,
    /// Files, but no PostgreSQL data directory.
    Foreign,
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
    /// Anything else, in the server's words.
    Other(String),
}

/// What an engine can do with an instance.
#[expect(async_fn_in_trait, reason = "the trait is for this crate, whose futures stay on one thread")]
pub trait Engine {
    /// A server that has been started and has not been proved yet.
    type Booting: Booting;

    /// Looks at data and process.
    fn observe(&self, site: &Site) -> Result<Seen, Error>;
    /// Makes what servers are run from (programs, images) available, and says what it is.
    async fn provide(&self, say: &dyn Fn(&str)) -> Result<String, Error>;
    /// Makes the data directory of a new instance, whole or not at all, and answers its major version.
    async fn make(&self, site: &Site, cluster: &Cluster) -> Result<u32, Error>;
    /// Waits until new data is on disk, so that a power failure cannot take it back.
    async fn sync(&self, site: &Site) -> Result<(), Error>;
    /// Writes the server's configuration file.
    fn configure(&self, site: &Site, text: &str) -> Result<(), Error>;
    /// Refuses what a start would fail at: unusable data, an invalid configuration.
    async fn check(&self, site: &Site) -> Result<(), Error>;
    /// Starts the server.
    async fn boot(&self, site: &Site) -> Result<Self::Booting, Error>;
    /// Ends the server and waits until it is gone.
    async fn halt(&self, site: &Site, how: Halt, limit: Duration) -> Result<(), Error>;
    /// The data directory's place as the server itself names it.
    fn data_directory(&self, site: &Site) -> PathBuf;
    /// The folder of the server's local socket.
    fn socket_dir(&self, site: &Site) -> PathBuf;
    /// Deletes what belongs to the instance outside of its folder.
    fn forget(&self, site: &Site) -> Result<(), Error>;
}

/// A server on its way up.
pub trait Booting {
    /// Why it ended, if it has.
    fn died(&mut self) -> io::Result<Option<Death>>;
    /// Whether it accepts connections, as far as can be seen from outside: one that does not would write each
    /// attempt into its log as a fatal error.
    fn accepts(&self) -> bool;
}

impl Site {
    /// The data directory.
    pub fn data(&self) -> PathBuf {
        self.dir.join("data")
    }

    /// The server's configuration file.
    pub fn config_file(&self) -> PathBuf {
        self.dir.join("config").join("postgresql.conf")
    }

    /// The server's log.
    pub fn log_file(&self) -> PathBuf {
        log_file_in(&self.dir)
    }
}

/// Where an instance's log lies in its folder.
pub fn log_file_in(dir: &Path) -> PathBuf {
    dir.join("log").join("postgresql.log")
}

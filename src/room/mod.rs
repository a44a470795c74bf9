//! `Room`: a clean room, where a foreign program runs with a home, an environment and bounds of its own.

use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;

pub mod census;
pub mod files;
pub mod listeners;
pub mod run;

use census::Inhabitant;

/// How long killed processes may take to be gone.
const KILL_LIMIT: Duration = Duration::from_secs(5);
/// Between two looks at processes that are to be gone.
const PAUSE: Duration = Duration::from_millis(5);

/// A clean room. When it is dropped, whatever still runs in it is killed, and its folder deleted.
#[derive(Debug)]
pub struct Room {
    dir: TempDir,
    /// Where programs begin.
    work_dir: PathBuf,
    env: Vec<(OsString, OsString)>,
    stop: Stop,
    /// When it was made, in the kernel's ticks.
    made: u64,
}

/// Asks all that runs in rooms to stop, for good.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// From now on nothing runs on.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether that was asked.
    pub fn is_asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Room {
    /// A room whose programs begin in `work_dir` and find others on `path`.
    ///
    /// # Errors
    /// Where its folder cannot be made.
    pub fn new(work_dir: &Path, path: &[PathBuf], stop: Stop) -> io::Result<Self> {
        // What is run by root may run servers as another user, who has to get through these folders.
        let passable = Permissions::from_mode(0o711);
        let dir = tempfile::Builder::new().prefix("contract-").permissions(passable.clone()).tempdir()?;
        // Command lines are told, and taken apart, at their blanks.
        if dir.path().to_string_lossy().contains(char::is_whitespace) {
            let why =
                format!("the path of {} has blanks: set TMPDIR to another folder", dir.path().display());
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
        for name in ["home", "tmp"] {
            let folder = dir.path().join(name);
            fs::create_dir(&folder)?;
            fs::set_permissions(&folder, passable.clone())?;
        }
        let mut room =
            Self { dir, work_dir: work_dir.to_owned(), env: Vec::new(), stop, made: census::now() };
        room.set("PATH", std::env::join_paths(path).unwrap_or_default());
        room.set("HOME", room.home());
        room.set("TMPDIR", room.dir.path().join("tmp"));
        room.set("LANG", "C.UTF-8");
        room.set("TERM", "dumb");
        Ok(room)
    }

    /// Gives the programs a variable.
    pub fn set(&mut self, name: &str, value: impl Into<OsString>) {
        self.env.retain(|(known, _)| known != name);
        self.env.push((name.into(), value.into()));
    }

    /// From now on its programs run on though they were asked to stop: for what cleans up.
    pub fn go_on(&mut self) {
        self.stop = Stop::default();
    }

    /// The home of its programs.
    pub fn home(&self) -> PathBuf {
        self.dir.path().join("home")
    }

    /// Its folder.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// The processes that were started in it and still run, however far they have gone away.
    pub fn inhabitants(&self) -> Vec<Inhabitant> {
        census::inhabitants(self.dir.path(), self.made)
    }

    /// Kills all processes in it. What forks while it is killed is looked for again; answers what is left at last.
    pub fn clear(&self) -> Vec<Inhabitant> {
        let deadline = Instant::now() + KILL_LIMIT;
        loop {
            let left = self.inhabitants();
            if left.is_empty() || deadline <= Instant::now() {
                return left;
            }
            left.iter().for_each(Inhabitant::kill);
            std::thread::sleep(PAUSE);
        }
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.clear();
    }
}

//! Faults: what the world does to servers, files and commands, and what must come of it. One file per group.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::support::{Answer, Room, is_root};

mod config;
mod crash;
mod crowd;
mod data;
mod disk_full;
pub mod killed;
mod pid_file;
mod places;
mod port_taken;
mod races;
mod refused;
mod refusing;
pub mod secrets;

/// The error and the hint of a command that failed with one line of each.
#[track_caller]
pub fn complaint(answer: Answer) -> (String, String) {
    let answer = answer.failed();
    let lines: Vec<&str> = answer.stderr.lines().collect();
    let [error, hint] = lines.as_slice() else { panic!("not one line and a hint: {answer}") };
    let words = |line: &str, before: &str| line.strip_prefix(before).map(str::to_owned);
    words(error, "error: ").zip(words(hint, "hint: ")).unwrap_or_else(|| panic!("{answer}"))
}

/// Every file below a folder with what is in it.
pub fn files_below(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut dirs = vec![dir.to_owned()];
    while let Some(dir) = dirs.pop() {
        for path in fs::read_dir(dir).unwrap().map(|it| it.unwrap().path()) {
            if path.is_dir() {
                dirs.push(path);
            } else if path.is_file() {
                let bytes = fs::read(&path).unwrap();
                found.insert(path, bytes);
            }
        }
    }
    found
}

/// A living program that has nothing to do with us.
pub struct Stranger(Child);

impl Stranger {
    /// One of the user who runs the instance's server: PostgreSQL itself takes such a pid for a server's.
    pub fn of(room: &Room, instance: &str) -> Self {
        Self::start(room, instance, room.path(), "exec sleep 300")
    }

    /// One that works in the instance's data directory and has PostgreSQL's name in its arguments, as an editor has.
    pub fn editing(room: &Room, instance: &str) -> Self {
        Self::start(room, instance, &room.data(instance), "exec -a 'vim postgresql.auto.conf' sleep 300")
    }

    fn start(room: &Room, instance: &str, dir: &Path, script: &str) -> Self {
        let owner = fs::metadata(room.data(instance)).unwrap();
        let mut command = Command::new("bash");
        command.args(["-c", script]).current_dir(dir).stdin(Stdio::null());
        if is_root() {
            command.uid(owner.uid()).gid(owner.gid());
        }
        Self(command.spawn().unwrap())
    }

    pub fn pid(&self) -> i32 {
        self.0.id().try_into().unwrap()
    }

    /// Whether it lives still, and nobody has so much as stopped it.
    pub fn lives(&self) -> bool {
        process_state(self.pid()).is_some_and(|it| "RS".contains(it))
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        let _ = self.0.kill().and_then(|()| self.0.wait());
    }
}

/// The letter of a process's state in proc(5); none if there is no such process.
fn process_state(pid: i32) -> Option<char> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.chars().next()
}

/// Whether a process lives: one that has ended and has not been asked how does not.
pub fn is_alive(pid: i32) -> bool {
    process_state(pid).is_some_and(|it| it != 'Z')
}

//! Strangers: programs that have nothing to do with us, and must not be taken for servers.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::support::{Room, is_root};

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

//! The processes of a room: whatever has its folder in the environment, or works below it.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use procfs::process::{Process, all_processes};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

/// A process of a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inhabitant {
    /// Its number.
    pub pid: i32,
    /// When it was started, in the kernel's ticks: with it the number is not mistaken for a later process's.
    pub started: u64,
    /// Its command line.
    pub command: String,
}

/// What a group of processes takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// How many there are.
    pub processes: usize,
    /// The memory that they have in use, in bytes.
    pub memory_bytes: u64,
}

/// All processes of a room.
pub(super) fn inhabitants(room: &Path) -> Vec<Inhabitant> {
    all_processes().into_iter().flatten().flatten().filter_map(|it| inhabitant(&it, room)).collect()
}

fn inhabitant(process: &Process, room: &Path) -> Option<Inhabitant> {
    let stat = process.stat().ok()?;
    // A process that has ended, and that nobody has asked about yet, does nothing any more.
    if matches!(stat.state, 'Z' | 'X') || !is_in(process.pid, room) {
        return None;
    }
    let words = process.cmdline().unwrap_or_default();
    let command = if words.is_empty() { stat.comm } else { words.join(" ") };
    Some(Inhabitant { pid: stat.pid, started: stat.starttime, command })
}

fn is_in(pid: i32, room: &Path) -> bool {
    let works_in = fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|it| it.starts_with(room));
    works_in || fs::read(format!("/proc/{pid}/environ")).is_ok_and(|it| names(&it, room))
}

/// Whether a variable's value is a path in the room.
fn names(environ: &[u8], room: &Path) -> bool {
    let value = |variable: &[u8]| variable.iter().position(|it| *it == b'=').map(|at| at + 1);
    environ.split(|it| *it == 0).any(|variable| {
        let value = value(variable).and_then(|at| variable.get(at..)).unwrap_or_default();
        Path::new(OsStr::from_bytes(value)).starts_with(room)
    })
}

/// What a process group takes.
pub(super) fn load(group: i32) -> Load {
    let page_bytes = rustix::param::page_size() as u64;
    let stats = all_processes().into_iter().flatten().flatten().filter_map(|it| it.stat().ok());
    stats.filter(|it| it.pgrp == group).fold(Load::default(), |load, it| Load {
        processes: load.processes + 1,
        memory_bytes: load.memory_bytes + it.rss * page_bytes,
    })
}

impl Inhabitant {
    /// Kills it, if it is still the same.
    pub fn kill(&self) {
        let Some(pid) = Pid::from_raw(self.pid) else { return };
        let Ok(handle) = pidfd_open(pid, PidfdFlags::empty()) else { return };
        let is_same =
            Process::new(self.pid).and_then(|it| it.stat()).is_ok_and(|it| it.starttime == self.started);
        if is_same {
            // One that has ended in between needs no signal.
            let _ = pidfd_send_signal(&handle, Signal::KILL);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_is_named_by_values_that_are_paths_in_it() {
        let room = Path::new("/tmp/contract-a");
        for (environ, is_named) in [
            ("HOME=/tmp/contract-a/home\0PATH=/bin", true),
            ("PATH=/bin\0TMPDIR=/tmp/contract-a", true),
            ("HOME=/tmp/contract-ab/home", false),
            ("/tmp/contract-a", false),
            ("", false),
        ] {
            assert_eq!(names(environ.as_bytes(), room), is_named, "{environ}");
        }
    }
}

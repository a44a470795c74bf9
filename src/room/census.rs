//! The processes of a room: whatever has its folder in the environment, or works below it.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

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

/// What the kernel says of a process: proc(5), `/proc/pid/stat`. After every command of every resource all processes are looked
/// at, so that only these fields are read, and with one read each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stat {
    state: u8,
    group: i32,
    started: u64,
    memory_pages: u64,
}

/// The kernel's ticks since the machine was started.
pub(super) fn now() -> u64 {
    let text = fs::read_to_string("/proc/uptime").unwrap_or_default();
    let hundredths = text.split('.').next().and_then(|it| it.parse::<u64>().ok());
    hundredths.unwrap_or_default() * rustix::param::clock_ticks_per_second()
}

/// All processes of a room that was made at a tick of the kernel.
pub(super) fn inhabitants(room: &Path, made: u64) -> Vec<Inhabitant> {
    let all = processes().filter(|(_, it)| it.started >= made && !it.is_over());
    all.filter(|(pid, _)| is_in(*pid, room)).map(|(pid, it)| inhabitant(pid, it)).collect()
}

/// How many processes and threads the machine has.
pub(super) fn tasks() -> usize {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let count = text.split(' ').nth(3).and_then(|it| it.split('/').nth(1));
    count.and_then(|it| it.parse().ok()).unwrap_or_default()
}

/// Whether a process group, and all else in a room, consists of more than so many processes. No more are looked at than it takes
/// to know.
pub(super) fn is_crowd(group: i32, room: &Path, made: u64, most: usize) -> bool {
    let counts = |pid: i32, it: &Stat| it.group == group || (it.started >= made && is_in(pid, room));
    processes().filter(|(pid, it)| counts(*pid, it)).nth(most).is_some()
}

/// The memory that a process group has in use, in bytes.
pub(super) fn memory_bytes(group: i32) -> u64 {
    let pages: u64 = processes().filter(|(_, it)| it.group == group).map(|(_, it)| it.memory_pages).sum();
    pages * rustix::param::page_size() as u64
}

fn processes() -> impl Iterator<Item = (i32, Stat)> {
    let pid = |entry: fs::DirEntry| entry.file_name().to_str()?.parse::<i32>().ok();
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(pid).filter_map(|pid| Some((pid, stat(pid)?)))
}

fn stat(pid: i32) -> Option<Stat> {
    Stat::parse(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

impl Stat {
    fn parse(text: &str) -> Option<Self> {
        // A program's name stands in parentheses, and may have some itself.
        let mut fields = text.rsplit_once(") ")?.1.split(' ');
        let state = fields.next()?.bytes().next()?;
        Some(Self {
            state,
            group: fields.nth(1)?.parse().ok()?,
            started: fields.nth(16)?.parse().ok()?,
            memory_pages: fields.nth(1)?.parse().ok()?,
        })
    }

    /// A process that has ended, and that nobody has asked about yet, does nothing any more.
    fn is_over(&self) -> bool {
        matches!(self.state, b'Z' | b'X')
    }
}

fn inhabitant(pid: i32, stat: Stat) -> Inhabitant {
    let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let words = String::from_utf8_lossy(&words).replace('\0', " ");
    Inhabitant { pid, started: stat.started, command: words.trim().to_owned() }
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

impl Inhabitant {
    /// Kills it, if it is still the same.
    pub fn kill(&self) {
        let Some(pid) = Pid::from_raw(self.pid) else { return };
        let Ok(handle) = pidfd_open(pid, PidfdFlags::empty()) else { return };
        if stat(self.pid).is_some_and(|it| it.started == self.started) {
            // One that has ended in between needs no signal.
            let _ = pidfd_send_signal(&handle, Signal::KILL);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stat_is_read_whatever_the_program_is_called() {
        let rest = "S 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 98765 1000000 321 18446744073709551615 1";
        let stat = Stat { state: b'S', group: 42, started: 98765, memory_pages: 321 };
        for name in ["sh", "a b", "a) S 1 (b"] {
            assert_eq!(Stat::parse(&format!("7 ({name}) {rest}")), Some(stat), "{name}");
        }
        assert_eq!(Stat::parse(""), None);
    }

    #[test]
    fn this_process_is_among_those_of_its_group() {
        let group = rustix::process::getpgrp().as_raw_nonzero().get();
        let nowhere = Path::new("/nowhere");
        assert!(memory_bytes(group) > 1 << 20 && tasks() > 1);
        assert!(is_crowd(group, nowhere, u64::MAX, 0) && !is_crowd(group, nowhere, u64::MAX, 100_000));
    }

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

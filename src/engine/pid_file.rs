//! `postmaster.pid`: what a server says of itself. It proves nothing by itself: it may be stale, damaged, or another's.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What a pid file says; what is not there or makes no sense is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PidFile {
    /// The server's process id.
    pub pid: Option<i32>,
    /// Whether it listens on an address. One that initializes its data listens on its socket only.
    pub listens: bool,
    /// Whether it accepts connections, read-only ones included.
    pub ready: bool,
}

impl PidFile {
    /// Where the pid file of a data directory is.
    pub fn path(data: &Path) -> PathBuf {
        data.join("postmaster.pid")
    }

    /// Reads that of a data directory; an error if it is not there.
    pub fn read(data: &Path) -> io::Result<Self> {
        fs::read_to_string(Self::path(data)).map(|text| Self::parse(&text))
    }

    /// By lines: the first is the process id, the sixth the address, the eighth the state (`miscadmin.h`).
    fn parse(text: &str) -> Self {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let line = |number: usize| lines.get(number - 1).copied().unwrap_or_default();
        Self {
            pid: line(1).parse().ok(),
            listens: !line(6).is_empty(),
            // A `standby` is up and lets nobody in; one that does is `ready` as well.
            ready: line(8) == "ready",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pid_file_says_whose_it_is_where_it_listens_and_whether_it_is_ready() {
        let said = |address: &str, state: &str| {
            PidFile::parse(&format!("17\n/data\n1795442938\n5432\n/run\n{address}\n  10 20\n{state}\n"))
        };
        assert_eq!(said("*", "ready   "), PidFile { pid: Some(17), listens: true, ready: true });
        assert_eq!(said("", "standby "), PidFile { pid: Some(17), listens: false, ready: false });
        assert_eq!(said("*", "starting"), PidFile { pid: Some(17), listens: true, ready: false });
    }

    #[test]
    fn a_damaged_pid_file_says_nothing() {
        for text in ["", "\0no pid\n", "x\n\n"] {
            assert_eq!(PidFile::parse(text), PidFile::default(), "{text:?}");
        }
    }
}

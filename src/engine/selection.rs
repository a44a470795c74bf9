//! What of a data directory belongs into a copy of it.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// Which files are copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selection {
    /// All of them.
    Whole,
    /// What a server begins with that takes over from one that was shut down. Nobody writes to it.
    Shut,
    /// What a server begins with that replays WAL, of data that another one works on: files may go while they are copied.
    Served,
}

/// A folder of a data directory.
#[derive(Clone, Debug)]
pub struct Folder {
    /// Where it is.
    pub path: PathBuf,
    /// What it is called in the data directory: empty for that itself.
    name: PathBuf,
}

/// Files of the data directory itself that speak of its server or of a copy that it was once made from.
const OF_THE_SERVER: &[&str] = &[
    "backup_label",
    "backup_label.old",
    "backup_manifest",
    "current_logfiles",
    "postgresql.auto.conf.tmp",
    "postmaster.opts",
    "postmaster.pid",
    "recovery.signal",
    "standby.signal",
    "tablespace_map",
    "tablespace_map.old",
];

/// Folders whose files a server makes anew when it starts, those with replication slots, which keep WAL for others, and
/// those with WAL, of which the copy is given its own. As `pg_basebackup` has them.
const EMPTY: &[&str] = &[
    "pg_dynshmem",
    "pg_notify",
    "pg_replslot",
    "pg_serial",
    "pg_snapshots",
    "pg_stat_tmp",
    "pg_subtrans",
    "pg_wal/archive_status",
    "pg_wal/summaries",
];

/// The folder with WAL, which may be a link to another place.
const WAL: &str = "pg_wal";

impl Folder {
    /// The data directory itself.
    pub fn top(path: &Path) -> Self {
        Self { path: path.to_owned(), name: PathBuf::new() }
    }

    /// A folder in this one.
    pub fn below(&self, name: &OsStr) -> Self {
        Self { path: self.path.join(name), name: self.name.join(name) }
    }

    /// Whether that is where WAL is.
    pub fn is_place_of_wal(&self, name: &OsStr) -> bool {
        self.name.as_os_str().is_empty() && name == WAL
    }
}

impl Selection {
    /// Whether a server works on the data.
    pub fn is_served(self) -> bool {
        match self {
            Self::Whole | Self::Shut => false,
            Self::Served => true,
        }
    }

    /// Which of a folder's names are copied.
    pub fn taken(self, folder: &Folder, names: BTreeSet<OsString>) -> BTreeSet<OsString> {
        if self == Self::Whole {
            return names;
        }
        let is_taken = |it: &&OsString| {
            let Some(name) = it.to_str() else { return true };
            let is_left_out = match folder.name.to_str() {
                Some("") => OF_THE_SERVER.contains(&name),
                Some(WAL) => !EMPTY.contains(&format!("{WAL}/{name}").as_str()),
                Some(it) => EMPTY.contains(&it),
                None => false,
            };
            let is_lost = self == Self::Served && is_lost_by_replay(name, &names);
            !(is_left_out || is_fleeting(name) || is_lost)
        };
        names.iter().filter(is_taken).cloned().collect()
    }
}

/// Files that a server deletes or makes anew wherever they are.
fn is_fleeting(name: &str) -> bool {
    name.starts_with("pgsql_tmp") || name.starts_with("pg_internal.init")
}

/// Whether replaying WAL would delete it: a temporary table's, or an unlogged one's but for what it begins anew with.
fn is_lost_by_replay(name: &str, beside: &BTreeSet<OsString>) -> bool {
    let digits = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
    let relation = name.split(['_', '.']).next().unwrap_or_default();
    let is_temporary = || {
        let (backend, rest) = name.strip_prefix('t')?.split_once('_')?;
        Some(digits(backend) && rest.starts_with(|it: char| it.is_ascii_digit()))
    };
    let is_unlogged = || {
        let init = format!("{relation}_init");
        digits(relation) && name != init && beside.contains(OsStr::new(&init))
    };
    is_temporary().unwrap_or(false) || is_unlogged()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(selection: Selection, folder: &str, names: &[&str]) -> Vec<String> {
        let folder = Folder { path: PathBuf::new(), name: folder.into() };
        let taken = selection.taken(&folder, names.iter().map(OsString::from).collect());
        taken.into_iter().map(|it| it.into_string().unwrap()).collect()
    }

    #[test]
    fn what_speaks_of_the_server_stays_with_it() {
        let names = ["PG_VERSION", "base", "postmaster.pid", "standby.signal", "postgresql.auto.conf"];
        assert_eq!(taken(Selection::Shut, "", &names), ["PG_VERSION", "base", "postgresql.auto.conf"]);
        assert_eq!(taken(Selection::Whole, "", &names).len(), names.len());
        assert_eq!(taken(Selection::Shut, "base/5", &["postmaster.pid"]), ["postmaster.pid"]);
    }

    #[test]
    fn a_copy_gets_the_folders_of_wal_and_slots_and_nothing_in_them() {
        let wal = ["000000010000000000000001", "archive_status", "summaries"];
        assert_eq!(taken(Selection::Served, "pg_wal", &wal), ["archive_status", "summaries"]);
        assert!(taken(Selection::Served, "pg_wal/archive_status", &["0.ready"]).is_empty());
        assert!(taken(Selection::Shut, "pg_replslot", &["standby1"]).is_empty());
    }

    #[test]
    fn of_what_replay_would_delete_only_the_beginning_is_copied() {
        let names =
            ["16384", "16384.1", "16384_fsm", "16384_init", "16385", "16385_fsm", "t3_16390", "t3_16390_fsm"];
        assert_eq!(taken(Selection::Served, "base/5", &names), ["16384_init", "16385", "16385_fsm"]);
        assert_eq!(taken(Selection::Shut, "base/5", &names).len(), names.len(), "nothing is replayed there");
        assert!(taken(Selection::Shut, "base/pgsql_tmp", &["pgsql_tmp42.0"]).is_empty());
    }
}

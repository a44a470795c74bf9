//! What `pg_basebackup` itself wrote down about a backup: its manifest.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

use serde::Deserialize;

use crate::error::{Error, IoContext};
use crate::replay::Lsn;

/// The file among the data.
pub const MANIFEST: &str = "backup_manifest";

/// The WAL that has to be replayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Range {
    /// The timeline on which it ends.
    #[serde(rename = "Timeline")]
    pub timeline: u32,
    /// Where it begins.
    #[serde(rename = "Start-LSN")]
    pub start: Lsn,
    /// Where it ends.
    #[serde(rename = "End-LSN")]
    pub end: Lsn,
}

#[derive(Debug, Deserialize)]
struct Manifest {
    #[serde(rename = "WAL-Ranges")]
    ranges: Vec<Range>,
}

/// The range in the manifest among the data.
pub fn range(data: &Path) -> Result<Range, Error> {
    let file = data.join(MANIFEST);
    let read = || -> io::Result<Range> {
        let manifest: Manifest = serde_json::from_reader(BufReader::new(File::open(&file)?))?;
        let latest = manifest.ranges.iter().max_by_key(|it| it.timeline);
        let start = manifest.ranges.iter().map(|it| it.start).min();
        let found = latest.zip(start).map(|(it, start)| Range { start, ..*it });
        found.ok_or_else(|| io::Error::other("it names no WAL"))
    };
    read().doing("reading", &file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_that_saw_two_timelines_begins_on_one_and_ends_on_the_other() {
        let dir = tempfile::tempdir().unwrap();
        let text = r#"{ "PostgreSQL-Backup-Manifest-Version": 1, "Files": [ { "Path": "PG_VERSION", "Size": 3 } ], "WAL-Ranges": [
            { "Timeline": 2, "Start-LSN": "0/5000000", "End-LSN": "0/6000100" }, { "Timeline": 1, "Start-LSN": "0/4000028", "End-LSN": "0/5000000" } ],
            "Manifest-Checksum": "00" }"#;
        std::fs::write(dir.path().join(MANIFEST), text).unwrap();
        let range = range(dir.path()).unwrap();
        assert_eq!(range, Range { timeline: 2, start: Lsn(0x400_0028), end: Lsn(0x600_0100) });
    }
}

//! The segments of WAL that a copied data directory needs.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::engine::control::{self, Checkpoint};
use crate::engine::user::ServerUser;
use crate::error::{Error, IoContext};
use crate::replay::Lsn;
use crate::segment::{self, is_segment};

/// Offset of `xlp_pageaddr` in the header of a page: where in all WAL it stands.
const PAGE_ADDRESS_AT: u64 = 8;

/// A range of segments, by their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// The first one.
    pub first: String,
    /// The last one.
    pub last: String,
}

/// What a server that was shut down begins with: its last checkpoint, and whatever follows it. Segments that wait for
/// their next use hold something older than their names say.
pub fn since_checkpoint(data: &Path) -> Result<Range, Error> {
    let wal = data.join("pg_wal");
    let checkpoint = control::checkpoint(data).doing("reading the control file of", data)?;
    let (names, size) = (segments(&wal)?, segment_bytes(data)?);
    let first = name_at(checkpoint, size).filter(|it| names.contains(it));
    let missing = || io::Error::other("the segment with the last checkpoint is missing");
    let first = first.ok_or_else(missing).doing("reading", &wal)?;
    let follows = |name: &&String| **name > first && holds_what_it_says(&wal.join(name), name, size);
    let last = names.iter().filter(follows).max().unwrap_or(&first).clone();
    Ok(Range { first, last })
}

/// How long each segment is, in bytes; 0 if there is none.
pub fn segment_bytes(data: &Path) -> Result<u64, Error> {
    let wal = data.join("pg_wal");
    match segments(&wal)?.last() {
        Some(name) => Ok(fs::metadata(wal.join(name)).doing("reading", &wal.join(name))?.len()),
        None => Ok(0),
    }
}

/// Copies segments, and the history of timelines.
pub fn copy(from: &Path, to: &Path, range: &Range, user: &ServerUser) -> Result<(), Error> {
    let (from, to) = (from.join("pg_wal"), to.join("pg_wal"));
    let segments: Vec<String> =
        segments(&from)?.into_iter().filter(|it| (&range.first..=&range.last).contains(&it)).collect();
    for end in [&range.first, &range.last] {
        if !segments.contains(end) {
            let gone = format!("segment {end} was removed while the data was copied");
            return Err(io::Error::other(gone)).doing("copying WAL from", &from);
        }
    }
    let histories = names(&from)?.into_iter().filter(|it| it.ends_with(".history"));
    for name in segments.into_iter().chain(histories) {
        let target = to.join(&name);
        fs::copy(from.join(&name), &target).doing("copying to", &target)?;
        user.own(&target)?;
    }
    Ok(())
}

fn segments(wal: &Path) -> Result<Vec<String>, Error> {
    Ok(names(wal)?.into_iter().filter(|it| is_segment(it)).collect())
}

fn names(wal: &Path) -> Result<Vec<String>, Error> {
    let entries = fs::read_dir(wal).doing("reading", wal)?;
    let mut names: Vec<String> =
        entries.flatten().filter_map(|it| it.file_name().into_string().ok()).collect();
    names.sort();
    Ok(names)
}

/// The name of the segment with this place of WAL.
fn name_at(at: Checkpoint, size: u64) -> Option<String> {
    segment::name(at.timeline, at.redo.checked_div(size)?, size)
}

/// Where the server left the WAL that it replayed and began to write its own: the last line of the latest history.
pub fn branched_at(data: &Path) -> Result<Option<Lsn>, Error> {
    let wal = data.join("pg_wal");
    let Some(latest) = names(&wal)?.into_iter().rfind(|it| it.ends_with(".history")) else { return Ok(None) };
    let file = wal.join(latest);
    let text = fs::read_to_string(&file).doing("reading", &file)?;
    let branch = |line: &str| line.split_whitespace().nth(1)?.parse().ok();
    Ok(text.lines().rev().find_map(branch))
}

fn holds_what_it_says(segment: &Path, name: &str, size: u64) -> bool {
    let mut address = [0; 8];
    let read = File::open(segment).and_then(|it| it.read_exact_at(&mut address, PAGE_ADDRESS_AT));
    let says = segment::number(name, size).map(|number| number * size);
    read.is_ok() && says == Some(u64::from_ne_bytes(address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_went_its_own_way_has_written_down_where() {
        let data = tempfile::tempdir().unwrap();
        let wal = data.path().join("pg_wal");
        fs::create_dir(&wal).unwrap();
        assert_eq!(branched_at(data.path()).unwrap(), None);
        let text = "1\t0/3000148\tno recovery target specified\n\n2\t0/5000060\tat restore point \"a 0/1\"\n";
        fs::write(wal.join("00000003.history"), text).unwrap();
        fs::write(wal.join("00000002.history"), "1\t0/3000148\t\n").unwrap();
        assert_eq!(branched_at(data.path()).unwrap(), Some(Lsn(0x500_0060)));
    }

    #[test]
    fn the_second_half_of_a_name_counts_the_segments_in_4_gib() {
        let at = |redo, size| name_at(Checkpoint { redo, timeline: 2 }, size).unwrap();
        assert_eq!(at(0x1_FF00_0028, 16 << 20), "0000000200000001000000FF");
        assert_eq!(at(0x1_FF00_0028, 1 << 20), "000000020000000100000FF0");
        assert_eq!(name_at(Checkpoint { redo: 1, timeline: 1 }, 0), None);
    }
}

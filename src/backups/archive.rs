//! An archive of WAL: which segments are in it, up to where they follow each other, and whether they are whole.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use flate2::read::GzDecoder;

use crate::error::{Error, IoContext, absent_is_fine, absent_is_none};
use crate::replay::{ENDING, Lsn};
use crate::segment::{self, is_segment};

/// Archived segments by their numbers, all of one length.
#[derive(Clone, Debug)]
pub struct Archive {
    dir: PathBuf,
    segment_bytes: u64,
    segments: BTreeMap<u64, Segment>,
}

/// A segment of WAL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Its name: timeline and number.
    pub name: String,
    /// Its file.
    pub file: PathBuf,
    /// When it was archived.
    pub archived: SystemTime,
}

/// How far segments follow each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// The numbers and the last segment of those that do; none if not even the first is there.
    pub last: Option<(u64, Segment)>,
    /// The first that is missing, if later ones are there.
    pub missing: Option<String>,
}

impl Archive {
    /// Looks into an archive. One that is not there is empty.
    pub fn open(dir: &Path, segment_bytes: u64) -> Result<Self, Error> {
        let mut found = Vec::new();
        collect(dir, segment_bytes, &mut found)?;
        // Of one number the latest timeline's comes last, and stays.
        found.sort_by(|(_, left), (_, right)| left.name.cmp(&right.name));
        Ok(Self { dir: dir.to_owned(), segment_bytes, segments: found.into_iter().collect() })
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The number of the segment with a place.
    pub fn number(&self, at: Lsn) -> u64 {
        at.0.checked_div(self.segment_bytes).unwrap_or_default()
    }

    /// How far segments follow each other from one with this number on.
    pub fn reach(&self, from: u64) -> Reach {
        let mut reach = Reach { last: None, missing: None };
        for (number, segment) in self.segments.range(from..) {
            let expected = reach.last.as_ref().map_or(from, |(last, _)| last + 1);
            if *number != expected {
                reach.missing = Some(self.name(expected, &segment.name));
                break;
            }
            reach.last = Some((*number, segment.clone()));
        }
        reach
    }

    /// The first segment from a number on that was archived at this time, or later.
    pub fn first_archived(&self, from: u64, at: SystemTime) -> Option<u64> {
        self.segments.range(from..).find(|(_, it)| it.archived >= at).map(|(number, _)| *number)
    }

    /// What is wrong with the first segment between two numbers that is not whole.
    pub fn damage(&self, from: u64, to: u64) -> Result<Option<String>, Error> {
        for segment in self.segments.range(from..=to).map(|(_, it)| it) {
            let opened = File::open(&segment.file).doing("reading", &segment.file)?;
            let why = match io::copy(&mut GzDecoder::new(opened), &mut io::sink()) {
                Ok(bytes) if bytes == self.segment_bytes => continue,
                Ok(bytes) => format!("it has {bytes} bytes and not {}", self.segment_bytes),
                Err(err) => err.to_string(),
            };
            return Ok(Some(format!("segment {} of WAL was changed: {why}", segment.name)));
        }
        Ok(None)
    }

    /// How many segments are before one with this number.
    pub fn count(&self, before: u64) -> usize {
        self.segments.range(..before).count()
    }

    /// Deletes them.
    pub fn prune(&self, before: u64) -> Result<(), Error> {
        for (_, segment) in self.segments.range(..before) {
            absent_is_fine(fs::remove_file(&segment.file)).doing("deleting", &segment.file)?;
        }
        Ok(())
    }

    /// The name of the segment with a number, on the timeline of another.
    fn name(&self, number: u64, like: &str) -> String {
        let timeline = segment::timeline(like).unwrap_or_default();
        segment::name(timeline, number, self.segment_bytes).unwrap_or_default()
    }
}

/// Looks for segments in a folder and those below.
fn collect(dir: &Path, segment_bytes: u64, found: &mut Vec<(u64, Segment)>) -> Result<(), Error> {
    let Some(entries) = absent_is_none(fs::read_dir(dir)).doing("reading", dir)? else { return Ok(()) };
    for entry in entries {
        let entry = entry.doing("reading", dir)?;
        let file = entry.path();
        let seen = entry.metadata().doing("reading", &file)?;
        if seen.is_dir() {
            collect(&file, segment_bytes, found)?;
            continue;
        }
        let name = entry.file_name().into_string().unwrap_or_default();
        let Some(name) = named(&name) else { continue };
        let Some(number) = segment::number(name, segment_bytes) else { continue };
        let archived = seen.modified().doing("reading", &file)?;
        found.push((number, Segment { name: name.to_owned(), file, archived }));
    }
    Ok(())
}

/// The segment that a file is: behind its name `pgbackrest` writes its checksum.
fn named(file: &str) -> Option<&str> {
    let name = file.strip_suffix(ENDING)?;
    let (name, checksum) = name.split_once('-').unwrap_or((name, ""));
    let is_checksum = checksum.bytes().all(|it| it.is_ascii_hexdigit()) && [0, 40].contains(&checksum.len());
    (is_checksum && is_segment(name)).then_some(name)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    const SEGMENT_BYTES: u64 = 1 << 20;

    /// As many bytes, none of which could be another without anybody noticing.
    fn noise() -> Vec<u8> {
        (0_u32..1 << 18).flat_map(|it| crc32c::crc32c(&it.to_ne_bytes()).to_ne_bytes()).collect()
    }

    fn archived(names: &[&str]) -> (tempfile::TempDir, Archive) {
        let dir = tempfile::tempdir().unwrap();
        for name in names {
            let file = File::create(dir.path().join(format!("{name}.gz"))).unwrap();
            let mut file = GzEncoder::new(file, Compression::fast());
            file.write_all(&noise()).unwrap();
            file.finish().unwrap();
        }
        for other in [
            "00000002.history.gz",
            "000000010000000000000001.00000028.backup.gz",
            "000000010000000000000009.gz.new",
        ] {
            fs::write(dir.path().join(other), "").unwrap();
        }
        let archive = Archive::open(dir.path(), SEGMENT_BYTES).unwrap();
        (dir, archive)
    }

    #[test]
    fn segments_follow_each_other_over_names_and_timelines() {
        let all = [
            "000000010000000000000FFE",
            "000000010000000000000FFF",
            "000000010000000100000000",
            "000000020000000100000000",
        ];
        let (_dir, archive) = archived(&all);
        let reach = archive.reach(0xFFE);
        assert_eq!(reach.last.map(|(number, it)| (number, it.name)), Some((0x1000, all[3].to_owned())));
        assert_eq!(reach.missing, None);
        assert_eq!(archive.number(Lsn(0x1_0000_0000)), 0x1000);
    }

    #[test]
    fn files_of_pgbackrest_are_segments_too() {
        let checksum = "8ac7e2a7e6c7ee6a9eb1e10e9c5ecb0bf8ae9f0a";
        assert_eq!(
            named(&format!("000000010000000000000001-{checksum}.gz")),
            Some("000000010000000000000001")
        );
        assert_eq!(named("000000010000000000000001-8ac7.gz"), None);
        assert_eq!(named("000000010000000000000001"), None);
    }

    #[test]
    fn a_missing_segment_is_named() {
        let (_dir, archive) = archived(&["000000010000000000000001", "000000010000000000000003"]);
        let reach = archive.reach(1);
        assert_eq!(reach.last.map(|(number, _)| number), Some(1));
        assert_eq!(reach.missing.as_deref(), Some("000000010000000000000002"));
        assert_eq!(
            archive.reach(2),
            Reach { last: None, missing: Some("000000010000000000000002".to_owned()) }
        );
        assert_eq!(archive.reach(4), Reach { last: None, missing: None });
    }

    #[test]
    fn a_segment_that_was_changed_in_any_byte_is_found() {
        let name = "000000010000000000000001";
        let (dir, archive) = archived(&[name]);
        assert_eq!(archive.damage(1, 1).unwrap(), None);
        let file = dir.path().join(format!("{name}.gz"));
        let good = fs::read(&file).unwrap();
        // Behind the header, in which only the time and the system's name could differ without harm.
        for at in (10..good.len()).step_by(65_521).chain(good.len() - 8..good.len()) {
            let mut bad = good.clone();
            bad[at] ^= 1;
            fs::write(&file, bad).unwrap();
            assert!(archive.damage(1, 1).unwrap().is_some(), "{at}");
        }
        fs::write(&file, &good[..good.len() - 9]).unwrap();
        assert!(archive.damage(1, 1).unwrap().is_some());
    }

    #[test]
    fn what_nobody_needs_any_more_goes() {
        let (_dir, archive) = archived(&["000000010000000000000001", "000000010000000000000002"]);
        assert_eq!(archive.count(2), 1);
        archive.prune(2).unwrap();
        let left = archive.segments.values().map(|it| it.file.exists());
        assert_eq!(left.collect::<Vec<_>>(), [false, true]);
    }
}

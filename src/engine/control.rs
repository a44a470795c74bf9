//! pg_control: how the last server left the data, and the identity that a copied data directory gets.
//!
//! Layout: `src/include/catalog/pg_control.h` of PostgreSQL; the fields used here have not moved since 8.0.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::engine::Left;
use crate::segment::is_segment;

/// Offset of `state` behind the system identifier and the two version numbers.
const STATE_AT: usize = 16;
/// Offset of the last checkpoint's redo pointer, where a recovery would begin; its timeline follows.
const REDO_AT: usize = 40;
/// Offset of `xlp_sysid` in the long header of a WAL segment's first page.
const WAL_SYSTEM_IDENTIFIER_AT: u64 = 24;
/// Where the CRC, the last field of the structure, is looked for. Its offset differs between versions.
const CRC_WITHIN: std::ops::Range<usize> = 200..508;

/// How the last server left the data directory.
pub fn left(data: &Path) -> io::Result<Left> {
    let mut head = [0; STATE_AT + 4];
    File::open(data.join("global/pg_control"))?.read_exact(&mut head)?;
    let [.., a, b, c, d] = head;
    Ok(match u32::from_ne_bytes([a, b, c, d]) {
        // DB_STARTUP is never written to a data directory in use; initdb leaves DB_SHUTDOWNED.
        0..=2 => Left::Clean,
        4 | 5 => Left::Recovering,
        _ => Left::Open,
    })
}

/// What tells this data directory from every other: the server that has it answers with the same.
pub fn identifier(data: &Path) -> io::Result<u64> {
    let mut bytes = [0; 8];
    File::open(data.join("global/pg_control"))?.read_exact(&mut bytes)?;
    Ok(u64::from_ne_bytes(bytes))
}

/// Where a recovery would begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Its place in WAL.
    pub redo: u64,
    /// Its timeline.
    pub timeline: u32,
}

/// The last checkpoint.
pub fn checkpoint(data: &Path) -> io::Result<Checkpoint> {
    let mut head = [0; REDO_AT + 12];
    File::open(data.join("global/pg_control"))?.read_exact(&mut head)?;
    let [.., r0, r1, r2, r3, r4, r5, r6, r7, t0, t1, t2, t3] = head;
    Ok(Checkpoint {
        redo: u64::from_ne_bytes([r0, r1, r2, r3, r4, r5, r6, r7]),
        timeline: u32::from_ne_bytes([t0, t1, t2, t3]),
    })
}

/// Whether the file is whole: a copy of one that was being written may not be.
pub fn is_whole(data: &Path) -> io::Result<bool> {
    fs::read(data.join("global/pg_control")).map(|bytes| crc_offset(&bytes).is_some())
}

/// Gives a copy a system identifier of its own, so that its WAL and backups can never be taken for those of the data
/// directory that it was copied from. WAL that has still to be replayed is replayed all the same: of a segment only the
/// header of its first page holds the identifier, and no checksum covers that.
pub fn restamp(data: &Path) -> io::Result<()> {
    let identifier = new_identifier();
    let file = data.join("global/pg_control");
    let mut bytes = fs::read(&file)?;
    let crc_at = crc_offset(&bytes).ok_or_else(|| io::Error::other("pg_control has no valid checksum"))?;
    let old = bytes.first_chunk::<8>().copied().unwrap_or_default();
    bytes.splice(..8, identifier.to_ne_bytes());
    let crc = crc32c::crc32c(bytes.get(..crc_at).unwrap_or_default());
    bytes.splice(crc_at..crc_at + 4, crc.to_ne_bytes());
    for segment in fs::read_dir(data.join("pg_wal"))? {
        let segment = segment?;
        if segment.file_name().to_str().is_some_and(is_segment) {
            restamp_segment(&segment.path(), old, identifier)?;
        }
    }
    fs::write(file, bytes)
}

fn restamp_segment(path: &Path, old: [u8; 8], identifier: u64) -> io::Result<()> {
    let segment = File::options().read(true).write(true).open(path)?;
    let mut found = [0; 8];
    segment.read_exact_at(&mut found, WAL_SYSTEM_IDENTIFIER_AT)?;
    // Made for later: nothing is in it yet.
    if found == [0; 8] {
        return Ok(());
    }
    if found != old {
        return Err(io::Error::other(format!("{} is not a segment of this WAL", path.display())));
    }
    segment.write_all_at(&identifier.to_ne_bytes(), WAL_SYSTEM_IDENTIFIER_AT)
}

fn crc_offset(bytes: &[u8]) -> Option<usize> {
    CRC_WITHIN.step_by(4).find(|at| {
        let stored = bytes.get(*at..*at + 4).and_then(|it| it.first_chunk::<4>());
        let computed = bytes.get(..*at).map(crc32c::crc32c);
        stored.copied().map(u32::from_ne_bytes) == computed
    })
}

/// Made as PostgreSQL's `BootStrapXLOG` does: seconds, microseconds, and bits of the process id.
fn new_identifier() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    now.as_secs() << 32 | u64::from(now.subsec_micros()) << 12 | u64::from(std::process::id() & 0xFFF)
}

//! Files that a reader sees as they were or as they are, never half written; and folders to put them in.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::path::Path;

use tempfile::NamedTempFile;

use crate::error::{Error, IoContext};

/// How the name of a file or folder begins that is being written.
pub const NEW: &str = ".new-";

/// Makes a folder with `mode` where there is none, its parents included.
pub fn make_dir(dir: &Path, mode: u32) -> Result<(), Error> {
    if dir.is_dir() {
        return Ok(());
    }
    if let Some(parent) = dir.parent() {
        fs::create_dir_all(parent).doing("making the folder", parent)?;
    }
    match fs::DirBuilder::new().mode(mode).create(dir) {
        Err(err) if err.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made.doing("making the folder", dir),
    }
}

/// Writes a file that only its owner may read, so that a reader sees the old text or the new, never a half.
pub fn write_bytes(file: &Path, bytes: &[u8]) -> Result<(), Error> {
    let protect = |temp: &NamedTempFile| temp.as_file().set_permissions(fs::Permissions::from_mode(0o600));
    replace(file, bytes, protect).doing("writing", file)
}

/// The same of a file that is there, which stays its owner's, with its mode.
pub fn rewrite(file: &Path, bytes: &[u8]) -> Result<(), Error> {
    sweep_unwritten(file.parent().unwrap_or(Path::new("/")));
    let hand_over = |temp: &NamedTempFile| -> io::Result<()> {
        let (found, made) = (fs::metadata(file)?, temp.as_file().metadata()?);
        temp.as_file().set_permissions(found.permissions())?;
        match (made.uid(), made.gid()) == (found.uid(), found.gid()) {
            true => Ok(()),
            false => chown(temp.path(), Some(found.uid()), Some(found.gid())),
        }
    };
    replace(file, bytes, hand_over).doing("writing", file)
}

/// Writes a temporary file, which `settle` makes what it is to be, and gives it the name when it is on the disk.
fn replace(
    file: &Path,
    bytes: &[u8],
    settle: impl FnOnce(&NamedTempFile) -> io::Result<()>,
) -> io::Result<()> {
    let dir = file.parent().unwrap_or(Path::new("/"));
    // Of the error only its kind: it would name the temporary file.
    let temp = tempfile::Builder::new().prefix(NEW).tempfile_in(dir);
    let mut temp = temp.map_err(|err| io::Error::from(err.kind()))?;
    temp.write_all(bytes)?;
    settle(&temp)?;
    temp.as_file().sync_all()?;
    temp.persist(file).map_err(|err| err.error)?;
    sync_dir(dir)
}

/// Puts on the disk which files a folder has.
pub fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// How many bytes fit on the disk yet that a path is on.
pub fn free_bytes(path: &Path) -> io::Result<u64> {
    let disk = rustix::fs::statvfs(path)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// Deletes what writers that were killed have left in a folder.
pub fn sweep_unwritten(dir: &Path) {
    sweep(dir, NEW);
}

/// Deletes what has a name that begins so. What resists, or is being deleted by its owner, is left alone.
pub fn sweep(dir: &Path, prefix: &str) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        if entry.file_name().as_encoded_bytes().starts_with(prefix.as_bytes()) {
            let _ = fs::remove_file(entry.path()).or_else(|_| fs::remove_dir_all(entry.path()));
        }
    }
}

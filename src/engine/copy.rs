//! Copying a data directory with its owner, and getting it onto the disk.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::thread;

use rustix::fs::syncfs;

use crate::engine::user::ServerUser;
use crate::error::{Error, IoContext};

/// More threads than this do not make a copy faster.
const COPIERS: usize = 4;

/// Copies a data directory. The copy shares blocks with it where the file system can do that; elsewhere several threads
/// share the work, which is mostly a thousand small system calls.
pub fn copy(from: &Path, to: &Path, user: &ServerUser) -> Result<(), Error> {
    let mut files = Vec::new();
    copy_folders(from, to, user, &mut files)?;
    let workers = thread::available_parallelism().map_or(1, usize::from).min(COPIERS);
    let copy_some =
        |some: &[(PathBuf, PathBuf)]| some.iter().try_for_each(|(from, to)| copy_file(from, to, user));
    thread::scope(|scope| {
        let share = files.len().div_ceil(workers).max(1);
        let threads: Vec<_> = files.chunks(share).map(|some| scope.spawn(move || copy_some(some))).collect();
        threads.into_iter().try_for_each(|it| {
            it.join()
                .unwrap_or_else(|_| Err(io::Error::other("a copying thread panicked")).doing("copying", from))
        })
    })
}

/// Makes the folders and lists the files that belong in them.
fn copy_folders(
    from: &Path,
    to: &Path,
    user: &ServerUser,
    files: &mut Vec<(PathBuf, PathBuf)>,
) -> Result<(), Error> {
    fs::DirBuilder::new().mode(0o700).create(to).doing("making the folder", to)?;
    user.own(to)?;
    for entry in fs::read_dir(from).doing("reading", from)? {
        let entry = entry.doing("reading", from)?;
        let target = to.join(entry.file_name());
        match entry.file_type().doing("reading", &entry.path())?.is_dir() {
            true => copy_folders(&entry.path(), &target, user, files)?,
            false => files.push((entry.path(), target)),
        }
    }
    Ok(())
}

fn copy_file(from: &Path, to: &Path, user: &ServerUser) -> Result<(), Error> {
    fs::copy(from, to).doing("copying to", to)?;
    user.own(to)
}

/// Waits until new data is on disk, so that a power failure cannot take it back.
pub async fn sync(data: PathBuf) -> Result<(), Error> {
    let synced = tokio::task::spawn_blocking(move || {
        // One call for all files: a thousand single ones would take longer than the copy.
        let sync = File::open(&data).and_then(|dir| syncfs(dir).map_err(io::Error::from));
        sync.doing("writing to disk", &data)
    });
    synced.await.map_err(|err| Error::Output(io::Error::other(err)))?
}

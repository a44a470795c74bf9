//! Copying a data directory with its owner, and getting it onto the disk.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::thread;

use rustix::fs::{ioctl_ficlone, syncfs};

use crate::engine::selection::{Folder, Selection};
use crate::engine::user::ServerUser;
use crate::error::{Error, IoContext, is_absent};
use crate::files::free_bytes;
use crate::wait::aside;

/// More threads than this do not make a copy faster.
const COPIERS: usize = 4;
/// Bytes after which a copy of one file is counted, and may be given up.
const PIECE_BYTES: u64 = 32 << 20;

/// How far a copy is, for those who watch it from another thread.
#[derive(Debug, Default)]
pub struct Tally {
    total: AtomicU64,
    done: AtomicU64,
    given_up: AtomicBool,
}

/// A file, and where its copy goes.
#[derive(Debug)]
struct Pair {
    from: PathBuf,
    to: PathBuf,
}

impl Tally {
    /// Bytes that were copied, and bytes that are to be; 0 until that is known.
    pub fn now(&self) -> (u64, u64) {
        (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }

    /// Ends the copy at its next piece.
    pub fn give_up(&self) {
        self.given_up.store(true, Ordering::Relaxed);
    }

    fn is_given_up(&self) -> bool {
        self.given_up.load(Ordering::Relaxed)
    }
}

/// Copies a data directory that nobody writes to.
pub fn copy(from: &Path, to: &Path, user: &ServerUser) -> Result<(), Error> {
    copy_some(from, to, user, Selection::Whole, &Tally::default())
}

/// Copies what is selected of a data directory. The copy shares blocks with it where the file system can do that;
/// elsewhere several threads share the work, which is mostly a thousand small system calls.
pub fn copy_some(
    from: &Path,
    to: &Path,
    user: &ServerUser,
    selection: Selection,
    tally: &Tally,
) -> Result<(), Error> {
    let mut files = Vec::new();
    copy_folders(&Folder::top(from), to, user, selection, tally, &mut files)?;
    refuse_too_much(to, tally, &files)?;
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(pair) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Err(err) = copy_file(pair, user, selection, tally) {
                tally.give_up();
                return Err(err);
            }
        }
        Ok(())
    };
    let workers = thread::available_parallelism().map_or(1, usize::from).min(COPIERS);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        let ends = threads.into_iter().map(|it| {
            it.join()
                .unwrap_or_else(|_| Err(io::Error::other("a copying thread panicked")).doing("copying", from))
        });
        // The one who failed says why; the others only gave up.
        let failed = ends.filter_map(Result::err).reduce(
            |first, other| {
                if is_given_up(&first) { other } else { first }
            },
        );
        failed.map_or(Ok(()), Err)
    })
}

/// Refuses what does not fit before the disk is full, which others may be on too, such as the server whose data it is.
fn refuse_too_much(to: &Path, tally: &Tally, files: &[Pair]) -> Result<(), Error> {
    let (_, total) = tally.now();
    let is_shared = |it: &Pair| it.to.parent().is_some_and(|dir| shares_blocks(&it.from, dir));
    if files.first().is_some_and(is_shared) { Ok(()) } else { refuse_beyond_free(to, total) }
}

/// Refuses to write so many bytes to where they do not fit.
pub fn refuse_beyond_free(to: &Path, bytes: u64) -> Result<(), Error> {
    let free = free_bytes(to).doing("asking for free space at", to)?;
    if bytes <= free {
        return Ok(());
    }
    let why =
        format!("No space left on device: it takes {} MiB, and {} MiB are free", bytes >> 20, free >> 20);
    Err(io::Error::new(io::ErrorKind::StorageFull, why)).doing("copying to", to)
}

/// Whether a copy of a file in this folder takes no space of its own.
pub fn shares_blocks(file: &Path, dir: &Path) -> bool {
    let share = || {
        let target = tempfile::tempfile_in(dir).ok()?;
        ioctl_ficlone(&target, File::open(file).ok()?).ok()
    };
    share().is_some()
}

/// Makes the folders and lists the files that belong in them.
fn copy_folders(
    folder: &Folder,
    to: &Path,
    user: &ServerUser,
    selection: Selection,
    tally: &Tally,
    files: &mut Vec<Pair>,
) -> Result<(), Error> {
    fs::DirBuilder::new().mode(0o700).create(to).doing("making the folder", to)?;
    user.own(to)?;
    let entries = match fs::read_dir(&folder.path) {
        // A database that was dropped meanwhile.
        Err(err) if selection.is_served() && is_absent(&err) => return Ok(()),
        entries => {
            entries.and_then(Iterator::collect::<io::Result<Vec<_>>>).doing("reading", &folder.path)?
        }
    };
    let taken = selection.taken(folder, entries.iter().map(fs::DirEntry::file_name).collect());
    for entry in entries.iter().filter(|it| taken.contains(&it.file_name())) {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        let found = match entry.metadata() {
            Err(err) if selection.is_served() && is_absent(&err) => continue,
            found => found.doing("reading", &from)?,
        };
        match found.is_dir() || folder.is_place_of_wal(&entry.file_name()) {
            true => copy_folders(&folder.below(&entry.file_name()), &to, user, selection, tally, files)?,
            false => {
                tally.total.fetch_add(found.len(), Ordering::Relaxed);
                files.push(Pair { from, to });
            }
        }
    }
    Ok(())
}

fn copy_file(pair: &Pair, user: &ServerUser, selection: Selection, tally: &Tally) -> Result<(), Error> {
    let Pair { from, to } = pair;
    let mut source = match File::open(from) {
        // A table that was dropped meanwhile.
        Err(err) if selection.is_served() && is_absent(&err) => return Ok(()),
        opened => opened.doing("reading", from)?,
    };
    let mode = source.metadata().doing("reading", from)?.mode() & 0o7777;
    let target = File::options().write(true).create_new(true).mode(mode).open(to);
    let mut target = target.doing("copying to", to)?;
    loop {
        if tally.is_given_up() {
            return Err(io::Error::from(io::ErrorKind::Interrupted)).doing("copying to", to);
        }
        let mut piece = Read::by_ref(&mut source).take(PIECE_BYTES);
        let copied = io::copy(&mut piece, &mut target).doing("copying to", to)?;
        tally.done.fetch_add(copied, Ordering::Relaxed);
        if copied < PIECE_BYTES {
            return user.own(to);
        }
    }
}

fn is_given_up(err: &Error) -> bool {
    matches!(err, Error::Io { source, .. } if source.kind() == io::ErrorKind::Interrupted)
}

/// Waits until new data is on disk, so that a power failure cannot take it back.
pub async fn sync(data: PathBuf) -> Result<(), Error> {
    aside(move || {
        // One call for all files: a thousand single ones would take longer than the copy.
        let sync = File::open(&data).and_then(|dir| syncfs(dir).map_err(io::Error::from));
        sync.doing("writing to disk", &data)
    })
    .await
}

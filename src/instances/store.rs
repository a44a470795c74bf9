//! `Store`: the folder of all instances: finding, listing, locking and writing their records.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{CWD, RenameFlags, renameat_with};

use crate::error::{Error, IoContext, absent_is_fine, absent_is_none, is_absent};
use crate::files::{make_dir, sweep, sweep_unwritten, sync_dir, write_bytes};
use crate::instances::name::Name;
use crate::instances::record::{Record, file_in};
use crate::wait::Waiting;

/// Between two looks at a lock that somebody else holds.
const LOCK_PAUSE: Duration = Duration::from_millis(10);
/// The lock of the whole store: `.` is not in a name's alphabet, so that no instance can have it.
const STORE_LOCK: &str = "store.ports.lock";
/// How the name of a folder begins that is being deleted. No instance's name begins with a dot.
const REMOVED: &str = ".removed-";

/// The folder of all instances.
#[derive(Clone, Debug)]
pub struct Store {
    root: PathBuf,
}

/// A name in use, and its record or why that cannot be used.
pub type Listed = (Name, Result<Record, Error>);

/// Proof that an instance is locked by this process; it lasts until it is dropped or the process dies.
#[derive(Debug)]
pub struct Held {
    name: Name,
    _lock: File,
}

impl Held {
    /// The instance that is locked.
    pub fn name(&self) -> &Name {
        &self.name
    }
}

/// Proof that the whole store is locked: held while a port is leased.
#[derive(Debug)]
pub struct StoreHeld(#[expect(dead_code, reason = "the lock lasts as long as the file is open")] File);

impl Store {
    /// A store at `root`, which need not exist yet.
    pub fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// The folder that holds the instances.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of one instance.
    pub fn dir(&self, name: &Name) -> PathBuf {
        self.root.join(name.as_str())
    }

    /// The instance's record, or `None` where there is none.
    pub fn find(&self, name: &Name) -> Result<Option<Record>, Error> {
        let dir = self.dir(name);
        let bytes = absent_is_none(fs::read(file_in(&dir))).doing("reading", &file_in(&dir))?;
        bytes.map(|it| Record::parse(name, &dir, &String::from_utf8_lossy(&it))).transpose()
    }

    /// All records in order of their names; a record that cannot be read is an error in its place.
    pub fn list(&self) -> Result<Vec<Listed>, Error> {
        Ok(self
            .names()?
            .into_iter()
            .filter_map(|name| self.find(&name).transpose().map(|found| (name, found)))
            .collect())
    }

    /// Names of the instances that were uninstalled with their data kept.
    pub fn kept(&self) -> Result<Vec<Name>, Error> {
        Ok(self.names()?.into_iter().filter(|name| kept_in(&self.dir(name)).exists()).collect())
    }

    /// Ports that a record claims, kept ones included.
    pub fn leased(&self) -> Result<Vec<u16>, Error> {
        let port_in = |name: &Name| {
            let dir = self.dir(name);
            let text =
                fs::read_to_string(file_in(&dir)).or_else(|_| fs::read_to_string(kept_in(&dir))).ok()?;
            Record::parse(name, &dir, &text).ok().map(|record| record.port)
        };
        Ok(self.names()?.iter().filter_map(port_in).collect())
    }

    /// Locks one instance. Whoever holds it is named in `waiting` while this waits.
    pub async fn hold(&self, name: &Name, command: &str, waiting: &Waiting) -> Result<Held, Error> {
        let lock = self.lock(&format!("{name}.lock"), command, waiting).await?;
        Ok(Held { name: name.clone(), _lock: lock })
    }

    /// Locks the whole store.
    pub async fn hold_all(&self, command: &str, waiting: &Waiting) -> Result<StoreHeld, Error> {
        self.lock(STORE_LOCK, command, waiting).await.map(StoreHeld)
    }

    /// Writes a record: temporary file, fsync, rename, fsync of the folder.
    pub fn put(&self, held: &Held, record: &Record) -> Result<(), Error> {
        debug_assert_eq!(held.name, record.name, "the lock is another instance's");
        // A writer that was killed left half a record there, perhaps with a password in it.
        if let Some(dir) = file_in(&record.dir).parent() {
            sweep_unwritten(dir);
        }
        write_bytes(&file_in(&record.dir), record.render().as_bytes())
    }

    /// Takes the record out of use, so that the instance counts as uninstalled while its data stays.
    pub fn keep(&self, held: &Held) -> Result<(), Error> {
        let dir = self.dir(&held.name);
        fs::rename(file_in(&dir), kept_in(&dir)).doing("setting aside", &file_in(&dir))
    }

    /// Puts a kept record back into use; false where there is none.
    pub fn unkeep(&self, held: &Held) -> Result<bool, Error> {
        let dir = self.dir(&held.name);
        let put_back = absent_is_none(fs::rename(kept_in(&dir), file_in(&dir)));
        Ok(put_back.doing("putting back", &file_in(&dir))?.is_some())
    }

    /// Deletes an instance's folder. It goes out of the way as a whole first, so that a deletion that is interrupted
    /// leaves neither half an instance nor files that nobody knows the record of.
    pub fn delete(&self, held: &Held) -> Result<(), Error> {
        let dir = self.dir(&held.name);
        let removed = self.root.join(format!("{REMOVED}{}-{}", held.name, std::process::id()));
        match fs::rename(&dir, &removed) {
            Err(err) if is_absent(&err) => {}
            // A folder that is a file system of its own cannot be moved.
            Err(_) => self.delete_in_place(&dir)?,
            Ok(()) => absent_is_fine(fs::remove_dir_all(&removed)).doing("deleting", &removed)?,
        }
        // What interrupted deletions left.
        sweep(&self.root, REMOVED);
        // Safe while it is held: whoever waits on this file notices that it is no longer the one at its path.
        let lock = self.lock_file(&format!("{}.lock", held.name));
        absent_is_fine(fs::remove_file(&lock)).doing("deleting", &lock)
    }

    /// Gives an instance's folder another name, which no folder may have.
    pub fn rename(&self, held: &Held, to: &Held) -> Result<(), Error> {
        let dir = self.dir(&held.name);
        self.moving(held, to, RenameFlags::NOREPLACE).doing("renaming", &dir)
    }

    /// Exchanges the folders of two instances: whoever looks sees both as they were, or both as they are.
    pub fn exchange(&self, held: &Held, other: &Held) -> Result<(), Error> {
        let dir = self.dir(&held.name);
        self.moving(held, other, RenameFlags::EXCHANGE).doing("exchanging with another instance", &dir)
    }

    fn moving(&self, held: &Held, to: &Held, how: RenameFlags) -> io::Result<()> {
        renameat_with(CWD, self.dir(&held.name), CWD, self.dir(&to.name), how)?;
        sync_dir(&self.root)
    }

    fn delete_in_place(&self, dir: &Path) -> Result<(), Error> {
        for file in [file_in(dir), kept_in(dir)] {
            absent_is_fine(fs::remove_file(&file)).doing("deleting", &file)?;
        }
        absent_is_fine(fs::remove_dir_all(dir)).doing("deleting", dir)
    }

    /// Deletes what the store keeps beside instances (seeds, locks), and its folder if nothing else is in it.
    pub fn clear(&self, _held: StoreHeld) -> Result<(), Error> {
        if !self.names()?.is_empty() {
            return Ok(());
        }
        let cache = self.root.join(".cache");
        absent_is_fine(fs::remove_dir_all(&cache)).doing("deleting", &cache)?;
        self.clear_locks();
        // Fails where somebody keeps other files there, which is their right.
        let _ = fs::remove_dir(&self.root);
        Ok(())
    }

    /// Deletes the locks that nobody holds. Whoever holds one is about to create an instance, and a lock that has
    /// lost its file would let the next command in as well.
    fn clear_locks(&self) {
        let locks = self.root.join(".locks");
        for path in fs::read_dir(&locks).into_iter().flatten().flatten().map(|it| it.path()) {
            let Ok(lock) = File::open(&path) else { continue };
            if lock.try_lock().is_ok() || path == self.lock_file(STORE_LOCK) {
                let _ = fs::remove_file(&path);
            }
        }
        let _ = fs::remove_dir(&locks);
    }

    fn names(&self) -> Result<Vec<Name>, Error> {
        let entries =
            absent_is_none(fs::read_dir(&self.root)).doing("listing the instances in", &self.root)?;
        let entries = entries.into_iter().flatten().flatten();
        let mut names: Vec<Name> =
            entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
        names.sort();
        Ok(names)
    }

    fn lock_file(&self, file: &str) -> PathBuf {
        self.root.join(".locks").join(file)
    }

    async fn lock(&self, file: &str, command: &str, waiting: &Waiting) -> Result<File, Error> {
        let path = self.lock_file(file);
        loop {
            if let Some(mut lock) = self.try_lock(&path, waiting)? {
                // Who holds it is a courtesy to those who wait; a lock whose owner is unknown is a lock all the same.
                let _ = note_holder(&mut lock, command);
                return Ok(lock);
            }
            tokio::time::sleep(LOCK_PAUSE).await;
        }
    }

    fn try_lock(&self, path: &Path, waiting: &Waiting) -> Result<Option<File>, Error> {
        make_dir(&self.root, 0o711)?;
        make_dir(&self.root.join(".locks"), 0o700)?;
        let mut options = File::options();
        options.create(true).truncate(false).read(true).write(true).mode(0o600);
        let opened = absent_is_none(options.open(path)).doing("opening the lock", path)?;
        // Its folder was cleared away just now.
        let Some(mut lock) = opened else { return Ok(None) };
        match lock.try_lock() {
            Ok(()) if is_at(&lock, path) => Ok(Some(lock)),
            Ok(()) => Ok(None),
            Err(TryLockError::WouldBlock) => {
                waiting.on(holder(&mut lock, path));
                Ok(None)
            }
            Err(TryLockError::Error(err)) => Err(err).doing("locking", path),
        }
    }
}

/// Whether the open file is still the one at `path`: a lock on a deleted file protects nothing.
fn is_at(file: &File, path: &Path) -> bool {
    let same =
        |open: fs::Metadata, found: fs::Metadata| (open.dev(), open.ino()) == (found.dev(), found.ino());
    file.metadata().and_then(|open| fs::metadata(path).map(|found| same(open, found))).unwrap_or(false)
}

fn kept_in(dir: &Path) -> PathBuf {
    dir.join("config").join("instance.conf.kept")
}

fn holder(lock: &mut File, path: &Path) -> String {
    let mut text = String::new();
    let read = lock.rewind().and_then(|()| lock.read_to_string(&mut text));
    match read {
        Ok(_) if !text.trim().is_empty() => format!("`{}` to release {}", text.trim(), path.display()),
        Ok(_) | Err(_) => format!("another command to release {}", path.display()),
    }
}

fn note_holder(lock: &mut File, command: &str) -> io::Result<()> {
    lock.set_len(0)?;
    lock.rewind()?;
    write!(lock, "{command} (pid {})", std::process::id())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
    }

    async fn patiently<T>(hold: impl Future<Output = Result<T, Error>>) -> Option<T> {
        tokio::time::timeout(LOCK_PAUSE * 3, hold).await.ok().map(Result::unwrap)
    }

    #[test]
    fn whoever_waits_for_an_instance_is_told_who_holds_it() {
        let dir = tempfile::tempdir().unwrap();
        let (store, main, waiting) = (Store::new(dir.path().into()), Name::main(), Waiting::default());
        block_on(async {
            let held = store.hold(&main, "manage restart", &waiting).await.unwrap();
            assert!(patiently(store.hold(&main, "manage stop", &waiting)).await.is_none());
            assert!(waiting.what().starts_with("`manage restart (pid "), "{waiting:?}");
            drop(held);
            assert!(patiently(store.hold(&main, "manage stop", &waiting)).await.is_some());
        });
    }

    #[test]
    fn a_record_takes_with_it_what_a_killed_writer_left() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::new(dir.path().into());
        let place = store.dir(&Name::main());
        let record = Record::parse(&Name::main(), &place, "port=\"5433\"\npassword=\"x\"\n").unwrap();
        make_dir(&place.join("config"), 0o700).unwrap();
        fs::write(place.join("config/.new-Ab1"), "password=\"half").unwrap();
        block_on(async {
            let held = store.hold(&Name::main(), "stop", &Waiting::default()).await.unwrap();
            store.put(&held, &record).unwrap();
        });
        assert_eq!(fs::read_dir(place.join("config")).unwrap().count(), 1);
    }

    #[test]
    fn folders_exchange_their_names_and_none_takes_anothers() {
        let dir = tempfile::tempdir().unwrap();
        let (store, waiting) = (Store::new(dir.path().into()), Waiting::default());
        let [one, two, three]: [Name; 3] = ["one", "two", "three"].map(|it| it.parse().unwrap());
        let whose = |name: &Name| fs::read_to_string(store.dir(name).join("whose")).unwrap();
        for name in [&one, &two] {
            make_dir(&store.dir(name), 0o700).unwrap();
            fs::write(store.dir(name).join("whose"), name.as_str()).unwrap();
        }
        block_on(async {
            let hold = |name| store.hold(name, "content upgrade", &waiting);
            let held = (hold(&one).await.unwrap(), hold(&two).await.unwrap(), hold(&three).await.unwrap());
            store.exchange(&held.0, &held.1).unwrap();
            assert_eq!((whose(&one), whose(&two)), ("two".to_owned(), "one".to_owned()));
            assert!(store.exchange(&held.0, &held.2).is_err(), "there is nothing to exchange it with");
            store.rename(&held.0, &held.2).unwrap();
            assert!(store.rename(&held.1, &held.2).is_err(), "it would be written over");
            assert_eq!((whose(&three), whose(&two)), ("two".to_owned(), "one".to_owned()));
        });
    }

    #[test]
    fn clearing_an_empty_store_leaves_the_locks_that_are_held() {
        let dir = tempfile::tempdir().unwrap();
        let (store, main, waiting) = (Store::new(dir.path().into()), Name::main(), Waiting::default());
        block_on(async {
            let held = store.hold(&main, "up", &waiting).await.unwrap();
            store.clear(store.hold_all("manage uninstall", &waiting).await.unwrap()).unwrap();
            assert!(patiently(store.hold(&main, "start", &waiting)).await.is_none(), "two hold one instance");
            drop(held);
            store.clear(store.hold_all("manage uninstall", &waiting).await.unwrap()).unwrap();
            assert!(!dir.path().exists(), "nothing is left of an empty store");
        });
    }
}

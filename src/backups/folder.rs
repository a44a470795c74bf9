//! The folder of all backups: listing, making one that is whole or not there, and judging its files.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::backups::metadata::{FileEntry, Metadata};
use crate::backups::name::BackupName;
use crate::checksum::Checksum;
use crate::error::{Error, IoContext, absent_is_fine, absent_is_none};
use crate::files::{NEW, sync_dir, write_bytes};

/// The file with what is known of a backup.
pub const METADATA: &str = "metadata.json";
/// How the name of a folder begins that is being deleted.
const REMOVED: &str = ".removed-";
/// The file by whose lock it is known that somebody is at work in such a folder.
const AT_WORK: &str = ".at-work";

/// The folder of all backups: one folder for each instance, one in it for each backup.
#[derive(Clone, Debug)]
pub struct Backups {
    root: PathBuf,
}

/// A backup that is there.
#[derive(Clone, Debug)]
pub struct Backup {
    /// The instance that it is of.
    pub instance: String,
    /// Its name.
    pub name: BackupName,
    /// Its folder.
    pub dir: PathBuf,
    /// What is known of it, or why that cannot be used.
    pub metadata: Result<Metadata, String>,
}

/// A backup in the making, in a folder that nobody takes for one. Unless it is published, it is gone when this is.
#[derive(Debug)]
pub struct Making {
    dir: PathBuf,
    target: PathBuf,
    _lock: File,
}

impl Backups {
    /// Backups below `root`, which need not exist yet.
    pub fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of an instance's backups.
    pub fn dir(&self, instance: &str) -> PathBuf {
        self.root.join(instance)
    }

    /// Makes it where there is none.
    fn make_dir(&self, instance: &str) -> Result<PathBuf, Error> {
        let dir = self.dir(instance);
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&dir).doing("making the folder", &dir)?;
        Ok(dir)
    }

    /// What is written down beside the backups of an instance in a file, if it is there.
    pub(super) fn note<T: DeserializeOwned>(&self, instance: &str, file: &str) -> Result<Option<T>, Error> {
        let file = self.dir(instance).join(file);
        let text = absent_is_none(fs::read_to_string(&file)).doing("reading", &file)?;
        let note = text.map(|it| serde_json::from_str(&it)).transpose();
        note.map_err(io::Error::from).doing("reading", &file)
    }

    /// Writes something down beside the backups of an instance.
    pub(super) fn write_note(&self, instance: &str, file: &str, note: &impl Serialize) -> Result<(), Error> {
        let file = self.make_dir(instance)?.join(file);
        let text = serde_json::to_string_pretty(note).map_err(io::Error::from).doing("writing", &file)?;
        write_bytes(&file, format!("{text}\n").as_bytes())
    }

    /// All backups of an instance, or of all instances, the oldest first.
    pub fn list(&self, instance: Option<&str>) -> Result<Vec<Backup>, Error> {
        let instances = match instance {
            Some(name) => vec![name.to_owned()],
            None => names(&self.root)?,
        };
        let mut all = Vec::new();
        for instance in instances {
            for name in names(&self.dir(&instance))? {
                let Ok(name) = name.parse::<BackupName>() else { continue };
                all.extend(self.find(&instance, &name)?);
            }
        }
        let key = |it: &Backup| {
            let created = it.metadata.as_ref().map(|it| it.created.clone()).unwrap_or_default();
            (created, it.instance.clone(), it.name.clone())
        };
        all.sort_by_key(key);
        Ok(all)
    }

    /// A backup, if it is there.
    pub fn find(&self, instance: &str, name: &BackupName) -> Result<Option<Backup>, Error> {
        let dir = self.dir(instance).join(name.as_str());
        if !dir.is_dir() {
            return Ok(None);
        }
        let file = dir.join(METADATA);
        let metadata = match absent_is_none(fs::read(&file)).doing("reading", &file)? {
            Some(bytes) => Metadata::parse(&String::from_utf8_lossy(&bytes)),
            None => Err(format!("it has no {METADATA}")),
        };
        Ok(Some(Backup { instance: instance.to_owned(), name: name.clone(), dir, metadata }))
    }

    /// A folder in which a backup is made. What killed commands have left is deleted first.
    pub fn begin(&self, instance: &str, name: &BackupName) -> Result<Making, Error> {
        let dir = self.make_dir(instance)?;
        self.sweep(instance);
        let target = dir.join(name.as_str());
        if target.exists() {
            return Err(Error::BackupExists { name: name.to_string(), instance: instance.to_owned() });
        }
        let new = dir.join(format!("{NEW}{name}-{}", std::process::id()));
        fs::DirBuilder::new().mode(0o700).create(&new).doing("making the folder", &new)?;
        let lock = lock_in(&new).doing("making the folder", &new)?;
        Ok(Making { dir: new, target, _lock: lock })
    }

    /// Deletes what killed commands have left, of backups as well as of deletions.
    pub fn sweep(&self, instance: &str) {
        let dir = self.dir(instance);
        for entry in fs::read_dir(&dir).into_iter().flatten().flatten() {
            let (name, path) = (entry.file_name(), entry.path());
            let begins = |prefix: &str| name.as_encoded_bytes().starts_with(prefix.as_bytes());
            let is_left = begins(REMOVED) || (begins(NEW) && !is_at_work(&path));
            if is_left {
                let _ = fs::remove_dir_all(&path);
            }
        }
    }

    /// Deletes a backup. It goes out of sight as a whole first.
    pub fn delete(&self, backup: &Backup) -> Result<(), Error> {
        let removed =
            self.dir(&backup.instance).join(format!("{REMOVED}{}-{}", backup.name, std::process::id()));
        fs::rename(&backup.dir, &removed).doing("deleting", &backup.dir)?;
        absent_is_fine(fs::remove_dir_all(&removed)).doing("deleting", &removed)
    }
}

impl Making {
    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Everything is in it: it is put on the disk, and becomes a backup.
    pub fn publish(self, mut metadata: Metadata) -> Result<Metadata, Error> {
        protect(&self.dir).doing("protecting", &self.dir)?;
        metadata.files = entries(&self.dir)?;
        metadata.bytes = metadata.files.iter().map(|it| it.bytes).sum();
        write_metadata(&self.dir, &metadata)?;
        sync(&self.dir).doing("writing to disk", &self.dir)?;
        // The last of all: whoever begins another backup deletes a folder at which nobody is at work.
        let at_work = self.dir.join(AT_WORK);
        fs::remove_file(&at_work).doing("deleting", &at_work)?;
        sync_dir(&self.dir).doing("writing to disk", &self.dir)?;
        if let Err(err) = fs::rename(&self.dir, &self.target) {
            return Err(err).doing("putting in place", &self.target);
        }
        let parent = self.target.parent().unwrap_or(Path::new("/"));
        sync_dir(parent).doing("writing to disk", parent)?;
        Ok(metadata)
    }
}

impl Drop for Making {
    fn drop(&mut self) {
        // One that was published has another name now.
        let _ = fs::remove_dir_all(&self.dir);
    }
}

impl Backup {
    /// What is known of it.
    pub fn known(&self) -> Result<&Metadata, Error> {
        self.metadata.as_ref().map_err(|why| self.damaged(why))
    }

    /// The error that it cannot be used.
    pub fn damaged(&self, why: &str) -> Error {
        Error::BackupDamaged { name: self.name.to_string(), path: self.dir.clone(), why: why.to_owned() }
    }

    /// What is wrong with its files, compared with what is known of them: the first of all that is found.
    pub fn compare(&self) -> Result<Option<String>, Error> {
        let known = &self.known()?.files;
        let found: BTreeSet<String> = paths(&self.dir, "").doing("reading", &self.dir)?.into_iter().collect();
        let strange =
            found.iter().find(|it| *it != METADATA && !known.iter().any(|entry| entry.path == **it));
        if let Some(strange) = strange {
            return Ok(Some(format!("{strange} is a file that was not in it")));
        }
        for entry in known {
            let file = self.dir.join(&entry.path);
            let read = File::open(&file).and_then(Checksum::of_file);
            let Some((sha256, bytes)) = absent_is_none(read).doing("reading", &file)? else {
                return Ok(Some(format!("{} is missing", entry.path)));
            };
            if bytes != entry.bytes {
                return Ok(Some(format!("{} has {bytes} bytes and not {}", entry.path, entry.bytes)));
            }
            if sha256.to_string() != entry.sha256 {
                return Ok(Some(format!("{} was changed: its checksum is another", entry.path)));
            }
        }
        Ok(None)
    }

    /// Writes what is known of it anew.
    pub fn update(&self, metadata: &Metadata) -> Result<(), Error> {
        write_metadata(&self.dir, metadata)
    }
}

/// The names of the folders in a folder, in order, but for those that are hidden.
pub(super) fn names(dir: &Path) -> Result<Vec<String>, Error> {
    let entries = absent_is_none(fs::read_dir(dir)).doing("reading", dir)?;
    let mut names: Vec<String> = entries
        .into_iter()
        .flatten()
        .flatten()
        .filter(|it| it.path().is_dir())
        .filter_map(|it| it.file_name().into_string().ok())
        .filter(|it| !it.starts_with('.'))
        .collect();
    names.sort();
    Ok(names)
}

/// How many bytes the files below a folder have by now, as far as can be seen while they come and go.
pub fn bytes_below(dir: &Path) -> u64 {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let bytes = |it: fs::DirEntry| match it.metadata() {
        Ok(about) if about.is_dir() => bytes_below(&it.path()),
        Ok(about) => about.len(),
        Err(_) => 0,
    };
    entries.map(bytes).sum()
}

/// A lock that ends with whoever has it.
fn lock_in(dir: &Path) -> io::Result<File> {
    let lock =
        File::options().create(true).truncate(false).write(true).mode(0o600).open(dir.join(AT_WORK))?;
    lock.lock()?;
    Ok(lock)
}

/// Whether somebody is at work in a folder. One that was made this moment may not have its lock yet.
fn is_at_work(dir: &Path) -> bool {
    match File::open(dir.join(AT_WORK)) {
        Ok(lock) => lock.try_lock().is_err(),
        Err(_) => fs::metadata(dir)
            .and_then(|it| it.modified())
            .is_ok_and(|it| it.elapsed().is_ok_and(|age| age.as_secs() < 60)),
    }
}

/// Only the owner may read what is in a backup.
fn protect(dir: &Path) -> io::Result<()> {
    fs::set_permissions(dir, fs::Permissions::from_mode(0o700))?;
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        match entry.file_type()?.is_dir() {
            true => protect(&entry.path())?,
            false => fs::set_permissions(entry.path(), fs::Permissions::from_mode(0o600))?,
        }
    }
    Ok(())
}

/// All files below a backup's folder, in order, but for those of whoever is at work at it or was killed there.
fn paths(dir: &Path, prefix: &str) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if path == AT_WORK || path.starts_with(NEW) {
            continue;
        }
        match entry.file_type()?.is_dir() {
            true => found.extend(paths(&entry.path(), &format!("{path}/"))?),
            false => found.push(path),
        }
    }
    found.sort();
    Ok(found)
}

fn entries(dir: &Path) -> Result<Vec<FileEntry>, Error> {
    let all = paths(dir, "").doing("reading", dir)?.into_iter();
    all.map(|path| {
        let file = dir.join(&path);
        let (sha256, bytes) = File::open(&file).and_then(Checksum::of_file).doing("reading", &file)?;
        Ok(FileEntry { path, bytes, sha256: sha256.to_string() })
    })
    .collect()
}

fn write_metadata(dir: &Path, metadata: &Metadata) -> Result<(), Error> {
    let file = dir.join(METADATA);
    let text = metadata.render().map_err(io::Error::from).doing("writing", &file)?;
    write_bytes(&file, text.as_bytes())
}

/// Puts everything in a folder on the disk.
fn sync(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        match entry.file_type()?.is_dir() {
            true => sync(&entry.path())?,
            false => File::open(entry.path())?.sync_all()?,
        }
    }
    sync_dir(dir)
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::time::{Duration, SystemTime};

    use super::*;

    const MAIN: &str = "main";

    fn metadata() -> Metadata {
        serde_json::from_str(
            r#"{"instance": "main", "backup_name": "a", "type": "full", "status": "completed", "created": "", "format": 1}"#,
        )
        .unwrap()
    }

    fn begun(backups: &Backups, name: &str) -> Making {
        backups.begin(MAIN, &name.parse().unwrap()).unwrap()
    }

    #[test]
    fn a_backup_that_takes_long_to_reach_the_disk_is_not_taken_for_one_that_was_killed() {
        let root = tempfile::tempdir().unwrap();
        let backups = Backups::new(root.path().into());
        let making = begun(&backups, "a");
        let (dir, slow) = (making.dir().to_owned(), making.dir().join("slow"));
        assert!(Command::new("mkfifo").arg(&slow).status().unwrap().success());
        let publishing = std::thread::spawn(move || making.publish(metadata()));
        // That comes back when the file is being read.
        let writer = File::options().write(true).open(&slow).unwrap();
        let hour_ago = SystemTime::now() - Duration::from_secs(3600);
        File::open(&dir).unwrap().set_modified(hour_ago).unwrap();
        drop(begun(&backups, "b"));
        fs::remove_file(&slow).unwrap();
        drop(writer);
        publishing.join().unwrap().unwrap();
        assert_eq!(names(&root.path().join(MAIN)).unwrap(), ["a"]);
    }

    #[test]
    fn a_backup_is_whole_after_whoever_noted_its_drill_was_killed() {
        let root = tempfile::tempdir().unwrap();
        let backups = Backups::new(root.path().into());
        begun(&backups, "a").publish(metadata()).unwrap();
        let backup = backups.find(MAIN, &"a".parse().unwrap()).unwrap().unwrap();
        fs::write(backup.dir.join(".new-Ab1"), "{ half").unwrap();
        assert_eq!(backup.compare().unwrap(), None);
        fs::write(backup.dir.join("strange"), "").unwrap();
        assert!(backup.compare().unwrap().is_some());
    }
}

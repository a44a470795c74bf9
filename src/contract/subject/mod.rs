//! `Subject`: a resource directory as it is judged: its files, its scripts, and the commands that they offer.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

pub mod scripts;
pub mod surface;

use rustix::fs::OFlags;
use scripts::ScriptFile;
use surface::Surface;

use crate::contract::finding::Unseen;

/// Folders that hold what a resource has made or fetched, and nothing that it consists of.
const PASSED_OVER: [&str; 9] =
    [".git", "target", "node_modules", "instances", "backups", "data", "__pycache__", ".venv", "vendor"];
/// How deep folders are looked into.
const DEPTH: usize = 12;
/// How many files and folders are looked at.
const ENTRIES: usize = 20_000;
/// A larger file is not read.
const FILE_BYTES: u64 = 8 << 20;
/// How many bytes of scripts are read in all.
const SCRIPT_BYTES: u64 = 64 << 20;

/// A resource directory.
#[derive(Debug)]
pub struct Subject {
    /// The resource's name, which is that of its directory.
    pub name: String,
    /// The directory.
    pub dir: PathBuf,
    files: BTreeMap<String, File>,
    /// Where those really are whose names cannot be written as they are.
    odd: BTreeMap<String, PathBuf>,
    /// Its shell scripts, in order of their paths.
    pub scripts: Vec<ScriptFile>,
    /// The commands that they offer.
    pub surface: Surface,
    /// What could not be looked at, and why.
    pub unseen: Vec<Unseen>,
}

/// A file or folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct File {
    /// What it is, links followed.
    pub kind: FileKind,
    /// Its permissions.
    pub mode: u32,
    /// Its size, in bytes.
    pub size: u64,
}

/// What a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A file.
    Regular,
    /// A folder.
    Folder,
    /// A link to nothing, or to itself.
    Broken,
    /// A device, pipe or socket.
    Other,
}

impl Subject {
    /// Looks at a directory.
    ///
    /// # Errors
    /// Where the directory itself cannot be read. What cannot be read in it is remembered as unseen.
    pub fn read(dir: &Path) -> io::Result<Self> {
        fs::read_dir(dir)?;
        let mut subject = Self {
            name: Self::name_of(dir)?,
            dir: dir.to_owned(),
            files: BTreeMap::new(),
            odd: BTreeMap::new(),
            scripts: Vec::new(),
            surface: Surface::default(),
            unseen: Vec::new(),
        };
        subject.walk(dir, "", 0);
        subject.read_scripts();
        subject.surface = Surface::of(&subject);
        Ok(subject)
    }

    /// The program by which it is used.
    pub fn door(&self) -> PathBuf {
        self.whole_dir().join("cli.sh")
    }

    /// Its directory by its whole path.
    pub fn whole_dir(&self) -> PathBuf {
        self.dir.canonicalize().unwrap_or_else(|_| self.dir.clone())
    }

    /// Why its commands cannot be run, if so.
    pub fn is_shut(&self) -> Option<&'static str> {
        match self.file("cli.sh").filter(|_| self.has("cli.sh")).map(|it| it.mode & 0o111 != 0) {
            None => Some("there is no cli.sh"),
            Some(false) => Some("cli.sh is not executable"),
            Some(true) => None,
        }
    }

    /// The name of the resource in a directory, which is the directory's own.
    ///
    /// # Errors
    /// Where there is no such directory.
    pub fn name_of(dir: &Path) -> io::Result<String> {
        Ok(fs::canonicalize(dir)?.file_name().map(written).unwrap_or_default())
    }

    /// The directory as reports write it.
    pub fn path(&self) -> String {
        written(self.dir.as_os_str())
    }

    /// Whether a directory looks like a resource's.
    pub fn is_one(dir: &Path) -> bool {
        ["cli.sh", "manage.sh", "config/runtime.json", "config/defaults.sh"]
            .iter()
            .any(|it| dir.join(it).exists())
    }

    fn walk(&mut self, dir: &Path, prefix: &str, depth: usize) {
        let entries = match fs::read_dir(dir) {
            Ok(entries) => entries,
            Err(err) => return self.pass_over(prefix, err.to_string()),
        };
        for entry in entries.flatten() {
            if self.files.len() >= ENTRIES {
                return self.pass_over(prefix, format!("there are more than {ENTRIES} files"));
            }
            let name = written(&entry.file_name());
            let path = format!("{prefix}{name}");
            let file = look(&entry.path());
            // Folders are gone into by their own names only: a link may lead back to where it is.
            let is_own_folder = entry.file_type().is_ok_and(|it| it.is_dir());
            let is_passed_over = || PASSED_OVER.contains(&name.as_str()) || is_another(&entry.path());
            match is_own_folder && !is_passed_over() {
                true if depth + 1 >= DEPTH => {
                    self.pass_over(&path, format!("folders are looked into {DEPTH} deep"));
                }
                true => self.walk(&entry.path(), &format!("{path}/"), depth + 1),
                false => {}
            }
            if self.dir.join(&path) != entry.path() {
                self.odd.insert(path.clone(), entry.path());
            }
            self.files.insert(path, file);
        }
    }

    fn pass_over(&mut self, path: &str, why: String) {
        self.unseen.push(Unseen { file: path.trim_end_matches('/').to_owned(), why });
    }

    fn read_scripts(&mut self) {
        let is_script = |path: &str| path.ends_with(".sh") || path.ends_with(".bash") || path == ".ci/run";
        let paths: Vec<(String, u64)> = self
            .regular()
            .filter(|(path, _)| is_script(path))
            .map(|(path, it)| (path.to_owned(), it.size))
            .collect();
        let mut left = SCRIPT_BYTES;
        for (path, size) in paths {
            if size > FILE_BYTES || size > left {
                self.pass_over(&path, format!("a script of {size} bytes is too large to be judged"));
                continue;
            }
            left -= size;
            match self.text(&path) {
                Some(text) => self.scripts.push(ScriptFile::new(path, text)),
                None => self.pass_over(&path, "it cannot be read".to_owned()),
            }
        }
    }

    /// A file or folder by its path from the directory; that of a folder may end with `/`.
    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.get(path.trim_end_matches('/'))
    }

    /// Whether there is a file, or a folder where the path ends with `/`.
    pub fn has(&self, path: &str) -> bool {
        let wanted = if path.ends_with('/') { FileKind::Folder } else { FileKind::Regular };
        self.file(path).is_some_and(|it| it.kind == wanted)
    }

    /// What is where something else should be, in words.
    pub fn instead_of(&self, path: &str) -> String {
        match self.file(path).map(|it| it.kind) {
            None => "there is none".to_owned(),
            Some(FileKind::Regular) => "it is a file".to_owned(),
            Some(FileKind::Folder) => "it is a folder".to_owned(),
            Some(FileKind::Broken) => "it is a link that leads nowhere".to_owned(),
            Some(FileKind::Other) => "it is neither file nor folder".to_owned(),
        }
    }

    /// All files, in order of their paths.
    pub fn regular(&self) -> impl Iterator<Item = (&str, &File)> {
        self.files.iter().filter(|(_, it)| it.kind == FileKind::Regular).map(|(path, it)| (path.as_str(), it))
    }

    /// All folders.
    pub fn folders(&self) -> impl Iterator<Item = &str> {
        self.files.iter().filter(|(_, it)| it.kind == FileKind::Folder).map(|(path, _)| path.as_str())
    }

    /// What a file holds; none if it is too large or cannot be read.
    pub fn text(&self, path: &str) -> Option<Vec<u8>> {
        let file = self.file(path).filter(|it| it.kind == FileKind::Regular && it.size <= FILE_BYTES)?;
        let mut bytes = Vec::with_capacity(usize::try_from(file.size).ok()?);
        let place = self.odd.get(path).cloned().unwrap_or_else(|| self.dir.join(path));
        // A link may lead to what is called a file, and keeps whoever reads it waiting, such as the kernel's messages.
        let nonblocking = OFlags::NONBLOCK.bits().cast_signed();
        let opened = fs::OpenOptions::new().read(true).custom_flags(nonblocking).open(place);
        opened.ok()?.take(FILE_BYTES).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }
}

/// Whether a folder is a resource by itself, such as an example or a template: its commands are its own.
fn is_another(dir: &Path) -> bool {
    dir.join("cli.sh").is_file() && dir.join("config/runtime.json").is_file()
}

/// A name as text, in which bytes that are no UTF-8 stand as `\xff`.
fn written(name: &OsStr) -> String {
    let invalid = |bytes: &[u8]| bytes.iter().map(|it| format!("\\x{it:02x}")).collect::<String>();
    name.as_bytes().utf8_chunks().map(|it| format!("{}{}", it.valid(), invalid(it.invalid()))).collect()
}

fn look(path: &Path) -> File {
    match fs::metadata(path) {
        Ok(it) => {
            let kind = match (it.is_file(), it.is_dir()) {
                (true, _) => FileKind::Regular,
                (_, true) => FileKind::Folder,
                (false, false) => FileKind::Other,
            };
            File { kind, mode: it.permissions().mode() & 0o7777, size: it.len() }
        }
        Err(_) => File { kind: FileKind::Broken, mode: 0, size: 0 },
    }
}

/// Whether a path matches a pattern such as `lib/*.sh`; a star stands for anything but a slash.
pub fn matches(pattern: &str, path: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == path,
        Some((before, after)) => {
            let middle = path.strip_prefix(before).and_then(|it| it.strip_suffix(after));
            middle.is_some_and(|it| !it.contains('/'))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_does_not_reach_into_folders() {
        assert!(matches("lib/*.sh", "lib/core.sh"));
        assert!(matches("cli.sh", "cli.sh"));
        assert!(!matches("lib/*.sh", "lib/deep/core.sh"));
        assert!(!matches("lib/*.sh", "lib/core.txt"));
    }

    #[test]
    fn a_resource_within_a_resource_is_judged_by_itself_only() {
        let dir = tempfile::tempdir().unwrap();
        for (folder, fact) in [("example", "runtime.json"), ("lib", "other.json")] {
            fs::create_dir_all(dir.path().join(folder).join("config")).unwrap();
            fs::write(dir.path().join(folder).join("cli.sh"), ":\n").unwrap();
            fs::write(dir.path().join(folder).join("config").join(fact), "{}\n").unwrap();
        }
        let subject = Subject::read(dir.path()).unwrap();
        let scripts: Vec<&str> = subject.scripts.iter().map(|it| it.path.as_str()).collect();
        assert_eq!(scripts, ["lib/cli.sh"]);
    }

    #[test]
    fn links_that_lead_back_and_names_of_any_bytes_end_no_walk() {
        let dir = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(dir.path(), dir.path().join("again")).unwrap();
        std::os::unix::fs::symlink("loop", dir.path().join("loop")).unwrap();
        fs::create_dir(dir.path().join(OsStr::from_bytes(b"\xff"))).unwrap();
        fs::write(dir.path().join(OsStr::from_bytes(b"\xff/\xfe.sh")), "if").unwrap();
        let subject = Subject::read(dir.path()).unwrap();
        let scripts: Vec<&str> = subject.scripts.iter().map(|it| it.path.as_str()).collect();
        assert_eq!(scripts, ["\\xff/\\xfe.sh"]);
        assert_eq!(subject.file("loop").unwrap().kind, FileKind::Broken);
        assert!(subject.file("again/loop").is_none());
    }
}

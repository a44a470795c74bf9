//! The files of the test image, as an archive that an engine takes.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use tokio_tar::{Builder, EntryType, Header};

use super::programs::{Programs, libraries_of};

/// A shell and its tools in one program that needs no libraries.
pub const BUSYBOX: &str = "/bin/busybox";
/// Where the official image has its server's sockets.
const SOCKETS: &str = "/var/run/postgresql";
/// Folders of this machine that the image has too, beside PostgreSQL's own.
const FOLDERS: [&str; 2] = ["/usr/share/zoneinfo", "/usr/lib/locale/C.utf8"];
/// Folders that may be links, as they are on this machine: the loader's path goes through them.
const ROOTS: [&str; 4] = ["/bin", "/lib", "/lib64", "/sbin"];
/// Folders of PostgreSQL's and of time zones that no server needs.
const UNNEEDED: [&str; 5] = ["doc", "locale", "man", "posix", "right"];
/// The user of the official image that is built upon Alpine.
const POSTGRES: u64 = 70;

const PASSWD: &str = "root:x:0:0:root:/root:/bin/sh
postgres:x:70:70::/var/lib/postgresql:/bin/sh
nobody:x:65534:65534:nobody:/:/bin/false
";
const GROUP: &str = "root:x:0:\npostgres:x:70:\nnobody:x:65534:\n";

/// What is at each path. Paths are in order, so that a folder comes before what is in it.
#[derive(Debug, Default)]
pub struct Files(BTreeMap<PathBuf, Entry>);

#[derive(Debug)]
enum Entry {
    Folder { mode: u32, owner: u64 },
    Copy(PathBuf),
    Text { mode: u32, text: Vec<u8> },
    Link(PathBuf),
}

impl Files {
    /// Everything in the image.
    pub fn of_image(programs: &Programs, entrypoint: &str) -> Self {
        let mut files = Self::default();
        files.roots();
        files.shell();
        files.programs(programs);
        files.habits(programs);
        files.text("/usr/local/bin/docker-entrypoint.sh", 0o755, entrypoint);
        files
    }

    fn roots(&mut self) {
        for root in ROOTS {
            if let Ok(target) = fs::read_link(root) {
                self.0.insert(root.into(), Entry::Link(target));
            }
        }
    }

    fn shell(&mut self) {
        let listed = Command::new(BUSYBOX).arg("--list").output();
        let listed = listed.unwrap_or_else(|err| panic!("{BUSYBOX}: {err}; Debian has it in busybox-static"));
        for name in String::from_utf8(listed.stdout).unwrap().lines() {
            let place = placed(&Path::new("/bin").join(name));
            self.insert(place, Entry::Link(BUSYBOX.into()));
        }
    }

    fn programs(&mut self, programs: &Programs) {
        let mut executables = programs.executables();
        executables.push(BUSYBOX.into());
        for file in executables.iter().chain(&libraries_of(&executables)) {
            self.copy(file);
        }
        self.below(&programs.share);
        FOLDERS.iter().map(Path::new).filter(|it| it.exists()).for_each(|it| self.below(it));
    }

    /// What the official image has set up, and what its user may write.
    fn habits(&mut self, programs: &Programs) {
        self.text("/etc/passwd", 0o644, PASSWD);
        self.text("/etc/group", 0o644, GROUP);
        let sample = programs.share.join("postgresql.conf.sample");
        let mut settings = fs::read_to_string(&sample).unwrap();
        settings.push_str("\nlisten_addresses = '*'\n");
        if programs.sockets != SOCKETS {
            // psql in the container looks where it was built to look.
            settings.push_str(&format!("unix_socket_directories = '{SOCKETS}, {}'\n", programs.sockets));
        }
        self.text(sample, 0o644, settings);

        self.insert("/var/run".into(), Entry::Link("/run".into()));
        // Without it initdb compares all zones there are with the machine's.
        self.insert("/etc/localtime".into(), Entry::Link("/usr/share/zoneinfo/Etc/UTC".into()));
        for (path, mode, owner) in [
            ("/docker-entrypoint-initdb.d", 0o755, 0),
            ("/root", 0o700, 0),
            ("/run/postgresql", 0o3777, POSTGRES),
            ("/tmp", 0o1777, 0),
            ("/var/lib/postgresql", 0o1777, POSTGRES),
            ("/var/lib/postgresql/data", 0o1777, POSTGRES),
        ] {
            self.insert(path.into(), Entry::Folder { mode, owner });
        }
    }

    /// A file that is not on this machine.
    pub fn text(&mut self, path: impl Into<PathBuf>, mode: u32, text: impl Into<Vec<u8>>) {
        self.insert(path.into(), Entry::Text { mode, text: text.into() });
    }

    /// A file at the path it has on this machine; of a link, what it leads to.
    fn copy(&mut self, file: &Path) {
        self.insert(placed(file), Entry::Copy(file.to_owned()));
    }

    /// All files below a folder.
    fn below(&mut self, dir: &Path) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            let is_needed = !UNNEEDED.iter().any(|it| path.ends_with(it));
            match path.is_dir() {
                true if is_needed => self.below(&path),
                true => {}
                false => self.copy(&path),
            }
        }
    }

    fn insert(&mut self, path: PathBuf, entry: Entry) {
        for above in path.ancestors().skip(1).filter(|it| *it != Path::new("/")) {
            self.0.entry(above.to_owned()).or_insert(Entry::Folder { mode: 0o755, owner: 0 });
        }
        self.0.insert(path, entry);
    }

    /// The files as one archive in tar's format.
    pub async fn archive(&self) -> Vec<u8> {
        let mut archive = Builder::new(Vec::new());
        for (path, entry) in &self.0 {
            let (mut header, text) = entry.parts();
            archive.append_data(&mut header, path.strip_prefix("/").unwrap(), text.as_ref()).await.unwrap();
        }
        archive.into_inner().await.unwrap()
    }
}

impl Entry {
    fn parts(&self) -> (Header, Cow<'_, [u8]>) {
        let mut header = Header::new_gnu();
        let (kind, mode, owner, text) = match self {
            Self::Folder { mode, owner } => (EntryType::Directory, *mode, *owner, Cow::default()),
            Self::Text { mode, text } => (EntryType::Regular, *mode, 0, text.into()),
            Self::Copy(file) => {
                let text = fs::read(file).unwrap_or_else(|err| panic!("{}: {err}", file.display()));
                (EntryType::Regular, fs::metadata(file).unwrap().permissions().mode() & 0o755, 0, text.into())
            }
            Self::Link(target) => {
                header.set_link_name(target).unwrap();
                (EntryType::Symlink, 0o777, 0, Cow::default())
            }
        };
        header.set_entry_type(kind);
        header.set_mode(mode);
        header.set_uid(owner);
        header.set_gid(owner);
        header.set_mtime(0);
        header.set_size(text.len() as u64);
        (header, text)
    }
}

/// A file's path without links above it.
fn placed(file: &Path) -> PathBuf {
    let dir = file.parent().unwrap();
    let dir = dir.canonicalize().unwrap_or_else(|err| panic!("{}: {err}", dir.display()));
    dir.join(file.file_name().unwrap())
}

//! A set of PostgreSQL's programs on this machine, with what they need beside them.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use resource_postgres::runtime::Kind;

use super::super::Room;

/// A module that compiles queries. The library under it is larger than all others together.
const COMPILER: &str = "llvmjit.so";

/// Programs, and where they look for what belongs to them.
#[derive(Debug)]
pub struct Programs {
    pub bin: PathBuf,
    /// What servers load.
    pub modules: PathBuf,
    /// Templates, catalogs and extensions.
    pub share: PathBuf,
    /// Where a server's socket is if nothing says otherwise.
    pub sockets: String,
    pub version: String,
}

impl Programs {
    /// The set that `RESOURCE_POSTGRES_TEST_PROGRAMS` names, or else the one that the program under test finds.
    pub fn found() -> Self {
        let named = std::env::var_os("RESOURCE_POSTGRES_TEST_PROGRAMS").map(PathBuf::from);
        Self::in_folder(named.unwrap_or_else(|| Room::on(Kind::Native).programs().to_owned()))
    }

    pub fn in_folder(bin: PathBuf) -> Self {
        let bin = bin.canonicalize().unwrap_or_else(|err| panic!("{}: {err}", bin.display()));
        let answer = |program: &str, flag: &str| stdout(Command::new(bin.join(program)).arg(flag));
        let folder = |flag: &str| PathBuf::from(answer("pg_config", flag).trim_end()).canonicalize().unwrap();
        let settings = answer("postgres", "--describe-config");
        let sockets = settings.lines().find(|it| it.starts_with("unix_socket_directories\t")).unwrap();
        Self {
            modules: folder("--pkglibdir"),
            share: folder("--sharedir"),
            sockets: sockets.split('\t').nth(4).unwrap().to_owned(),
            version: answer("postgres", "--version").split_whitespace().nth(2).unwrap().to_owned(),
            bin,
        }
    }

    pub fn major(&self) -> u32 {
        self.version.split(|it: char| !it.is_ascii_digit()).next().unwrap().parse().unwrap()
    }

    /// The programs and modules that an image needs.
    pub fn executables(&self) -> Vec<PathBuf> {
        let is_module = |it: &Path| it.extension() == Some(OsStr::new("so")) && !it.ends_with(COMPILER);
        let mut all = listed(&self.bin);
        all.extend(listed(&self.modules).into_iter().filter(|it| is_module(it)));
        all
    }

    /// A number that is another one when a program is.
    pub fn fingerprint(&self) -> u32 {
        self.executables().iter().fold(0, |hash, file| {
            let seen = fs::metadata(file).unwrap();
            let line = format!("{} {} {}\n", file.display(), seen.size(), seen.mtime());
            crc32c::crc32c_append(hash, line.as_bytes())
        })
    }
}

/// The shared libraries that programs and modules need, wherever they are, with the loader.
pub fn libraries_of(files: &[PathBuf]) -> BTreeSet<PathBuf> {
    // It fails for what needs no libraries, such as a script.
    let output = Command::new("ldd").args(files).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let needed = text.lines().filter(|it| it.starts_with('\t'));
    let words = needed.filter_map(|it| it.split_whitespace().find(|word| word.starts_with('/')));
    words.map(PathBuf::from).collect()
}

/// A folder's files, in order.
fn listed(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).unwrap_or_else(|err| panic!("{}: {err}", dir.display()));
    let mut files: Vec<PathBuf> = entries.map(|it| it.unwrap().path()).filter(|it| it.is_file()).collect();
    files.sort_unstable();
    files
}

fn stdout(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|err| panic!("{command:?}: {err}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

//! Finding PostgreSQL's programs on the machine, and installing them where there are none.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

use crate::engine::native::user::{ServerUser, is_root};
use crate::error::{Error, IoContext};

/// The oldest major version that is supported.
const OLDEST: u32 = 14;
/// The major version of the contract's image, which is preferred.
const PREFERRED: u32 = 16;
/// Folders with one subfolder per version, and what follows the version.
const VERSIONED: &[(&str, &str)] = &[
    ("/usr/lib/postgresql", "bin"),
    ("/usr/pgsql", "bin"),
    ("/usr/libexec", "bin"),
    ("/opt/homebrew/opt", "bin"),
    ("/usr/local/opt", "bin"),
    ("/Applications/Postgres.app/Contents/Versions", "bin"),
];
/// Folders that hold one version.
const PLAIN: &[&str] = &["/usr/local/pgsql/bin", "/usr/local/bin", "/usr/bin"];

/// One set of programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Programs {
    /// Their folder.
    pub bin: PathBuf,
    /// Their major version.
    pub major: u32,
    /// What `postgres --version` says.
    pub version: String,
}

impl Programs {
    /// The path of one program.
    pub fn path(&self, program: &str) -> PathBuf {
        self.bin.join(program)
    }
}

/// Where to look for programs.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// The only folder to look in, where the user named one.
    pub only: Option<PathBuf>,
    /// The folders of `PATH`.
    pub path: Vec<PathBuf>,
}

impl Search {
    /// The best programs that the server's user can run: `major` if one is asked for, else 16, else the newest.
    pub async fn find(&self, major: Option<u32>, user: &ServerUser) -> Option<Programs> {
        let places = match &self.only {
            Some(dir) => vec![dir.clone()],
            None => self.places().await,
        };
        let mut found = Vec::new();
        for bin in places.into_iter().filter(|bin| user.reaches(bin)) {
            found.extend(look(bin).await);
        }
        found
            .into_iter()
            .filter(|it| it.major >= OLDEST && major.is_none_or(|major| it.major == major))
            .max_by_key(|it| (it.major == PREFERRED, it.major))
    }

    /// The error that says how to get programs, for when they cannot be installed from here.
    pub fn missing(&self, major: Option<u32>) -> Error {
        if let Some(dir) = &self.only {
            let install = format!("POSTGRES_BIN_DIR is {}: correct or unset it", dir.display());
            return Error::NoPrograms { major, install };
        }
        let install = match (major, self.manager()) {
            // Package managers have one version, or name each in their own way.
            (Some(major), _) => {
                format!("install PostgreSQL {major}, and name the folder of its programs in POSTGRES_BIN_DIR")
            }
            (None, Some(it)) => {
                let sudo = if is_root() || it.program == "brew" { "" } else { "sudo " };
                let words = it.install.join(" ");
                format!(
                    "`{sudo}{} {words}` installs them; or name their folder in POSTGRES_BIN_DIR",
                    it.program
                )
            }
            (None, None) => {
                "install PostgreSQL 14 or newer, or name its folder in POSTGRES_BIN_DIR".to_owned()
            }
        };
        Error::NoPrograms { major, install }
    }

    /// Installs programs with the system's package manager, which writes what it does to stderr.
    pub async fn install(&self, say: &dyn Fn(&str)) -> Result<(), Error> {
        let Some(manager) = self.manager().filter(|_| self.only.is_none()) else {
            return Err(self.missing(None));
        };
        let sudo = !is_root() && manager.program != "brew";
        if sudo && !may_sudo().await {
            return Err(self.missing(None));
        }
        say(&format!("no PostgreSQL programs found: installing them with {}", manager.program));
        if manager.program != "apt-get" {
            return run(sudo, manager.program, manager.install).await;
        }
        run(sudo, manager.program, &["update"]).await?;
        let ours = without_default_cluster(sudo).await?;
        let installed = run(sudo, manager.program, manager.install).await;
        if ours {
            run(sudo, "rm", &["-f", DEBIAN_DROP_IN]).await?;
        }
        installed
    }

    fn manager(&self) -> Option<&'static Manager> {
        MANAGERS.iter().find(|it| self.path.iter().any(|dir| dir.join(it.program).exists()))
    }

    async fn places(&self) -> Vec<PathBuf> {
        let versioned = VERSIONED.iter().flat_map(|(parent, below)| {
            fs::read_dir(parent).into_iter().flatten().flatten().map(move |entry| entry.path().join(below))
        });
        let plain = PLAIN.iter().map(PathBuf::from);
        let mut all: BTreeSet<PathBuf> = versioned.chain(plain).chain(self.path.iter().cloned()).collect();
        all.extend(bindir().await);
        let real: BTreeSet<PathBuf> = all
            .into_iter()
            .filter(|bin| bin.join("postgres").exists())
            .filter_map(|bin| fs::canonicalize(bin).ok())
            .collect();
        real.into_iter().collect()
    }
}

/// A program that is not told the password which the user may have given to us.
fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.env_remove("POSTGRES_PASSWORD").stdin(Stdio::null());
    command
}

async fn look(bin: PathBuf) -> Option<Programs> {
    if !bin.join("initdb").exists() {
        return None;
    }
    let said = command(bin.join("postgres")).arg("--version").output().await.ok()?;
    let version = String::from_utf8_lossy(&said.stdout).trim().to_owned();
    // `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`, `postgres (PostgreSQL) 17beta1`
    let number = version.split_whitespace().nth(2)?;
    let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
    Some(Programs { bin, major: digits.parse().ok()?, version })
}

async fn bindir() -> Option<PathBuf> {
    let said = command("pg_config").arg("--bindir").output().await.ok()?;
    Some(PathBuf::from(String::from_utf8(said.stdout).ok()?.trim()))
}

/// A package manager, and how it installs a server.
struct Manager {
    program: &'static str,
    install: &'static [&'static str],
}

/// Tried in this order.
const MANAGERS: &[Manager] = &[
    Manager {
        program: "apt-get",
        install: &["install", "-y", "--no-install-recommends", "postgresql", "postgresql-contrib"],
    },
    Manager { program: "dnf", install: &["install", "-y", "postgresql-server", "postgresql-contrib"] },
    Manager { program: "apk", install: &["add", "postgresql16", "postgresql16-contrib"] },
    Manager {
        program: "zypper",
        install: &["--non-interactive", "install", "postgresql-server", "postgresql-contrib"],
    },
    Manager { program: "pacman", install: &["-S", "--noconfirm", "postgresql"] },
    Manager { program: "brew", install: &["install", "postgresql@16"] },
];

/// Debian's package makes a cluster of its own unless it is told not to before it is installed.
const DEBIAN_DROP_IN: &str = "/etc/postgresql-common/createcluster.d/resource-postgres.conf";

async fn may_sudo() -> bool {
    let asked = command("sudo").args(["-n", "true"]).output().await;
    asked.is_ok_and(|it| it.status.success())
}

async fn without_default_cluster(sudo: bool) -> Result<bool, Error> {
    if Path::new(DEBIAN_DROP_IN).exists() {
        return Ok(false);
    }
    let note = tempfile::NamedTempFile::new().doing("making a temporary file in", Path::new("/tmp"))?;
    fs::write(note.path(), "create_main_cluster = false\n").doing("writing", note.path())?;
    let from = note.path().to_string_lossy().into_owned();
    run(sudo, "install", &["-D", "-m", "644", &from, DEBIAN_DROP_IN]).await?;
    Ok(true)
}

async fn run(sudo: bool, program: &str, args: &[&str]) -> Result<(), Error> {
    let mut command = if sudo { command("sudo") } else { command(program) };
    if sudo {
        command.arg("-n").arg(program);
    }
    let failed = |said: String| Error::Program { program: format!("{program} {}", args.join(" ")), said };
    let status = command
        .args(args.iter().map(OsStr::new))
        .env("DEBIAN_FRONTEND", "noninteractive")
        // A package manager's progress is talk, and stdout is for data.
        .stdout(std::io::stderr())
        .kill_on_drop(true)
        .status()
        .await
        .map_err(|err| failed(err.to_string()))?;
    if status.success() { Ok(()) } else { Err(failed(status.to_string())) }
}

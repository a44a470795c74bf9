//! Finding PostgreSQL's programs on the machine, and installing them where there are none.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

use crate::engine::Say;
use crate::engine::user::{ServerUser, is_root};
use crate::error::{Error, IoContext};

/// The oldest major version that is supported.
const OLDEST: u32 = 14;
/// The major version of the contract's image, which is preferred.
const PREFERRED: u32 = 16;
/// Folders with one subfolder per version: what its name begins with, and where in it the programs are.
const VERSIONED: &[(&str, &str, &str)] = &[
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr", "pgsql-", "bin"),
    ("/usr/libexec", "postgresql", ""),
    ("/opt/homebrew/opt", "postgresql@", "bin"),
    ("/usr/local/opt", "postgresql@", "bin"),
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
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
}

impl Programs {
    /// The path of one program.
    pub fn path(&self, program: &str) -> PathBuf {
        self.bin.join(program)
    }

    /// What they say of themselves, for people.
    pub async fn version(&self) -> String {
        version_of(&self.bin).await.unwrap_or_else(|| format!("PostgreSQL {}", self.major))
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
        let all = self.all(user).await.into_iter();
        all.filter(|it| major.is_none_or(|major| it.major == major))
            .max_by_key(|it| (it.major == PREFERRED, it.major))
    }

    /// The major versions of which there are programs that the server's user can run.
    pub async fn majors(&self, user: &ServerUser) -> BTreeSet<u32> {
        self.all(user).await.into_iter().map(|it| it.major).collect()
    }

    async fn all(&self, user: &ServerUser) -> Vec<Programs> {
        let places = match &self.only {
            Some(dir) => vec![dir.clone()],
            None => self.places().await,
        };
        let mut found = Vec::new();
        for bin in places.into_iter().filter(|bin| user.reaches(bin)) {
            found.extend(look(bin).await.filter(|it| it.major >= OLDEST));
        }
        found
    }

    /// The error that says how to get programs, for when they cannot be installed from here.
    pub fn missing(&self, major: Option<u32>) -> Error {
        Error::NoPrograms { major, install: self.advice(major) }
    }

    /// The same where programs of two versions are needed, and there are those of others.
    pub fn missing_beside(&self, major: u32, known: &BTreeSet<u32>) -> Error {
        let known = known.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let install = match &self.only {
            Some(_) => {
                "two versions are needed, and POSTGRES_BIN_DIR names the folder of one: unset it".to_owned()
            }
            None => format!(
                "install PostgreSQL {major}, or put the folder of its programs on PATH; there are: {known}"
            ),
        };
        Error::NoPrograms { major: Some(major), install }
    }

    fn advice(&self, major: Option<u32>) -> String {
        if let Some(dir) = &self.only {
            let dir = dir.display();
            return format!(
                "POSTGRES_BIN_DIR is {dir}, which must hold them where the server's user can reach them"
            );
        }
        match (major, self.manager()) {
            // A package manager has one version or another, and the data needs this one.
            (Some(major), _) => format!("install PostgreSQL {major}, or name its folder in POSTGRES_BIN_DIR"),
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
        }
    }

    /// Installs programs with the system's package manager, which writes what it does to stderr.
    pub async fn install(&self, say: Say<'_>) -> Result<(), Error> {
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
        let versioned = VERSIONED.iter().flat_map(|(parent, prefix, below)| {
            let entries = fs::read_dir(parent).into_iter().flatten().flatten();
            let named = entries.filter(move |it| it.file_name().to_string_lossy().starts_with(prefix));
            named.map(move |it| it.path().join(below))
        });
        let plain = PLAIN.iter().map(PathBuf::from);
        let all = versioned.chain(plain).chain(self.path.iter().cloned());
        // Links to single programs lead to the folder where all of them are.
        let real = |bin: PathBuf| Some(fs::canonicalize(bin.join("postgres")).ok()?.parent()?.to_owned());
        let mut found: BTreeSet<PathBuf> = all.filter_map(real).collect();
        if found.is_empty() {
            found.extend(bindir().await.and_then(real));
        }
        found.into_iter().collect()
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
    // `/usr/lib/postgresql/16/bin`, `.../postgresql@16/bin`: asking the program would take longer than all the rest.
    let parent = bin.parent()?.file_name()?.to_str()?;
    let named = parent.rsplit(['-', '@']).next().and_then(|it| it.parse().ok());
    let major = match named {
        Some(major) => major,
        None => major_in(&version_of(&bin).await?)?,
    };
    Some(Programs { bin, major })
}

async fn version_of(bin: &Path) -> Option<String> {
    let said = command(bin.join("postgres")).arg("--version").output().await.ok()?;
    Some(String::from_utf8_lossy(&said.stdout).trim().to_owned())
}

/// The number in `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)` or `postgres (PostgreSQL) 17beta1`.
fn major_in(version: &str) -> Option<u32> {
    let number = version.split_whitespace().nth(2)?;
    number.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_out_of_what_the_program_says() {
        assert_eq!(major_in("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"), Some(15));
        assert_eq!(major_in("postgres (PostgreSQL) 17beta1"), Some(17));
        assert_eq!(major_in("postgres: not found"), None);
    }

    #[test]
    fn the_advice_names_the_version_that_the_data_needs_or_the_folder_that_the_user_named() {
        let anywhere = Search::default();
        assert!(anywhere.missing(Some(16)).hint().unwrap().starts_with("install PostgreSQL 16"));
        let there = Search { only: Some("/opt/pg".into()), path: Vec::new() };
        assert!(there.missing(None).hint().unwrap().starts_with("POSTGRES_BIN_DIR is /opt/pg"));
    }
}

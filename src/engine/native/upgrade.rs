//! Running `pg_upgrade`, which makes data of one major version of another's, by the programs of both.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::engine::folder::own_dir;
use crate::engine::native::process::{self, as_user};
use crate::engine::native::programs::Programs;
use crate::engine::user::ServerUser;
use crate::engine::{Halt, Process, Site, copy};
use crate::error::{Error, IoContext, absent_is_fine};

/// The program.
const PROGRAM: &str = "pg_upgrade";
/// Where it says, in the new data, what it does.
const OUTPUT: &str = "pg_upgrade_output.d";
/// How long a server that it has started may take to end.
const HALT_LIMIT: std::time::Duration = std::time::Duration::from_secs(30);
/// Lines of a file with particulars that are told.
const PARTICULARS: usize = 3;

/// A run of it. Neither data has a server.
#[derive(Debug)]
pub struct Upgrade<'a> {
    /// The data that stays as it is.
    pub old: &'a Site,
    /// The data that was made by initdb, and gets what the old has.
    pub new: &'a Site,
    /// The programs of the old data.
    pub from: &'a Programs,
    /// Those of the new.
    pub to: &'a Programs,
    /// Whose the data is, who runs it.
    pub server: &'a ServerUser,
    /// Where its servers have their sockets.
    pub sockets: &'a Path,
}

impl Upgrade<'_> {
    /// Runs it, as the superuser of both, with so many processes.
    pub async fn run(&self, user: &str, jobs: u32) -> Result<(), Error> {
        let work = work_dir(self.new);
        own_dir(&work, self.server)?;
        let mut command = self.command(user, jobs);
        as_user(&mut command, self.server);
        command.current_dir(&work).stdout(Stdio::piped()).stderr(Stdio::piped());
        let output = tokio::process::Command::from(command).kill_on_drop(true).output().await;
        let output = output.doing("running", &self.to.path(PROGRAM))?;
        if !output.status.success() {
            let said = format!(
                "{}{}",
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr)
            );
            return Err(Error::Program { program: PROGRAM.to_owned(), said: told(&said) });
        }
        // With it goes a script that deletes the old data.
        fs::remove_dir_all(&work).doing("deleting", &work)?;
        let (made, kept) = (self.new.data().join(OUTPUT), self.new.dir.join("log").join(PROGRAM));
        absent_is_fine(fs::rename(&made, &kept)).doing("setting aside", &made)
    }

    fn command(&self, user: &str, jobs: u32) -> Command {
        let mut command = Command::new(self.to.path(PROGRAM));
        let sides = [("old", self.old, self.from), ("new", self.new, self.to)];
        for (side, site, programs) in sides {
            command.arg(format!("--{side}-bindir={}", programs.bin.display()));
            command.arg(format!("--{side}-datadir={}", site.data().display()));
            command.arg(format!("--{side}-port={}", site.port));
            command.arg(format!("--{side}-options={}", options(site)));
        }
        command.arg(format!("--username={user}")).arg(format!("--jobs={jobs}"));
        command.arg(format!("--socketdir={}", self.sockets.display())).arg("--retain");
        // Else it copies.
        if copy::shares_blocks(&self.old.data().join("PG_VERSION"), &self.new.dir) {
            command.arg("--clone");
        }
        command
    }
}

/// How its servers are configured: as the instances' own, but for where they log. It hands this on through two shells.
fn options(site: &Site) -> String {
    let file = site.config_file();
    let path = file.display().to_string();
    let is_plain = !path.contains(['\'', '"', '\\', '$', '`']);
    let own = if file.exists() && is_plain { format!("-c config_file='{path}' ") } else { String::new() };
    format!("{own}-c logging_collector=off -c log_destination=stderr")
}

/// Where it works. Nobody else does.
fn work_dir(site: &Site) -> PathBuf {
    let run = site.dir.join("run");
    fs::canonicalize(&run).unwrap_or(run).join("upgrade")
}

/// Ends what a killed command has left: the program, all that it has started, and the server of this data that serves it.
pub async fn sweep(site: &Site, data: &Path) -> Result<(), Error> {
    process::clear_out(site, &work_dir(site)).await?;
    match process::find(data) {
        Process::Alive { pid } if process::serves_upgrade(pid) => {
            process::halt(site, data, Halt::Fast, HALT_LIMIT).await
        }
        Process::Alive { .. } | Process::Paused | Process::None => Ok(()),
    }
}

/// What it complains of, with the particulars that it has put into a file. It says what goes well in lines of their own.
fn told(said: &str) -> String {
    let lines: Vec<&str> = said.lines().map(str::trim).collect();
    let failed = |line: &&str| line.ends_with("fatal") || line.contains("*failure*");
    let from = lines.iter().rposition(failed).map_or(0, |at| at + 1);
    let complaint =
        lines.iter().skip(from).filter(|it| !it.is_empty() && !it.starts_with("Failure, exiting"));
    let complaint: Vec<&str> = complaint.copied().collect();
    let file = complaint.iter().flat_map(|it| it.split([' ', '"'])).find(|it| it.starts_with('/'));
    let particulars = file.and_then(|it| particulars(Path::new(it)).ok()).unwrap_or_default();
    let words = match complaint.iter().position(|it| it.starts_with('/')) {
        Some(at) => complaint.get(..at).unwrap_or_default().join(" "),
        None => complaint.join(" "),
    };
    match (particulars.is_empty(), words.is_empty()) {
        (false, _) => format!("{} {particulars}", words.trim_end_matches(':')).trim().to_owned(),
        (true, false) => words,
        (true, true) => "it said nothing".to_owned(),
    }
}

/// What is wrong, in a file of it: lines with errors of a log, or the first of a list.
fn particulars(file: &Path) -> io::Result<String> {
    let text = fs::read_to_string(file)?;
    let lines = || text.lines().map(str::trim).filter(|it| !it.is_empty());
    let errors: Vec<&str> = lines().filter(|it| it.contains("error:") || it.contains("ERROR:")).collect();
    let told: Vec<&str> = match errors.is_empty() {
        true => lines().take(PARTICULARS).collect(),
        false => errors.into_iter().take(PARTICULARS).collect(),
    };
    Ok(format!("({})", told.join("; ")))
}

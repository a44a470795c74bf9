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
const PARTICULARS: usize = 4;

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
        let ran = tokio::process::Command::from(command).kill_on_drop(true).output().await;
        let ran = ran.doing("running", &self.to.path(PROGRAM))?;
        let output = self.new.data().join(OUTPUT);
        if !ran.status.success() {
            let said = [&ran.stdout, &ran.stderr].map(|it| String::from_utf8_lossy(it)).concat();
            return Err(Error::Program { program: PROGRAM.to_owned(), said: told(&said, &output) });
        }
        // With it goes a script that deletes the old data.
        fs::remove_dir_all(&work).doing("deleting", &work)?;
        self.keep_logs(&output).doing("setting aside logs of", &output)?;
        absent_is_fine(fs::remove_dir_all(&output)).doing("deleting", &output)
    }

    /// Keeps its logs with the instance's own. What else it has written there holds the hashes of passwords.
    fn keep_logs(&self, output: &Path) -> io::Result<()> {
        for run in fs::read_dir(output).into_iter().flatten() {
            fs::rename(run?.path().join("log"), self.new.dir.join("log").join(PROGRAM))?;
        }
        Ok(())
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
    // What it writes then is archived when the instance's own server does that again.
    let archived = if site.archive.is_some() { "-c archive_mode=on -c archive_command= " } else { "" };
    format!("{own}{archived}-c logging_collector=off -c log_destination=stderr")
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
        Process::Alive { pid } if process::serves_upgrade(pid) && !process::is_upgraded(&site.data()) => {
            process::halt(site, data, Halt::Fast, HALT_LIMIT).await
        }
        Process::Alive { .. } | Process::Paused | Process::None => Ok(()),
    }
}

/// What it complains of. What goes well, and what does not, it says in lines that end with a word for it; then it explains
/// itself, and names a file with particulars. Where one of the programs that it runs has failed, their logs tell why.
fn told(said: &str, output: &Path) -> String {
    let errors = errors(output);
    if !errors.is_empty() {
        return errors.join("; ");
    }
    let lines: Vec<&str> = said.lines().map(str::trim).collect();
    let is_verdict = |line: &&str| {
        line.contains("*failure*")
            || ["ok", "fatal", "failed"].iter().any(|it| line.ends_with(&format!(" {it}")))
    };
    let from = lines.iter().rposition(is_verdict).map_or(0, |at| at + 1);
    let lines = lines.get(from..).unwrap_or_default();
    let file = lines.iter().find(|it| it.starts_with('/'));
    let words = lines.iter().filter(|it| !it.starts_with('/') && !it.starts_with("Failure, exiting"));
    let words = words.flat_map(|it| it.split_whitespace()).collect::<Vec<_>>().join(" ");
    let complaint = words.find("Your installation").and_then(|at| words.get(at..)).unwrap_or(&words);
    let complaint = complaint.split(" A list of").next().unwrap_or_default().trim();
    let particulars = file.and_then(|it| fs::read_to_string(it).ok()).unwrap_or_default();
    let particulars: Vec<&str> = particulars.lines().map(str::trim).take(PARTICULARS).collect();
    match (particulars.is_empty(), complaint.is_empty()) {
        (true, true) => "it said nothing".to_owned(),
        (true, false) => complaint.to_owned(),
        (false, _) => format!("{complaint} ({})", particulars.join("; ")),
    }
}

/// The first error in each log of a program that it has run. One that has failed makes it end the others, and the server
/// with them: what a server refused is what matters.
fn errors(output: &Path) -> Vec<String> {
    let folders = fs::read_dir(output).into_iter().flatten().flatten().map(|it| it.path().join("log"));
    let logs = folders.flat_map(|it| fs::read_dir(it).into_iter().flatten().flatten());
    let first = |log: fs::DirEntry| {
        let text = fs::read_to_string(log.path()).ok()?;
        let is_telling = |it: &&str| it.contains("error: ") && !it.contains("terminating connection");
        let line = text.lines().find(is_telling)?;
        Some(line.split_once("error: ").map_or(line, |(_, it)| it).to_owned())
    };
    let all: Vec<String> = logs.filter_map(first).collect();
    let of_server: Vec<String> = all.iter().filter(|it| it.contains("ERROR:")).cloned().collect();
    if of_server.is_empty() { all } else { of_server }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        told(text, Path::new("/nowhere"))
    }

    #[test]
    fn what_it_complains_of_is_told_without_what_goes_well() {
        let lists = tempfile::NamedTempFile::new().unwrap();
        fs::write(lists.path(), "In database: shop\n  public.a.f\n").unwrap();
        let text = format!(
            "Performing Consistency Checks\n-----\nChecking cluster versions     ok\nChecking data type usage    failed\n\
             check: Checking for types\nData type checks failed: Your installation contains bad types\nin tables.  A list of\n\
             the problem columns is in the file:\n    {}\n\nFailure, exiting\n",
            lists.path().display()
        );
        assert_eq!(
            said(&text),
            "Your installation contains bad types in tables. (In database: shop; public.a.f)"
        );
        let text = "Checking x      ok\n\nencodings for database \"a\" do not match\nFailure, exiting\n";
        assert_eq!(said(text), "encodings for database \"a\" do not match");
        assert_eq!(said(""), "it said nothing");
    }

    #[test]
    fn what_failed_in_a_program_that_it_ran_is_told_and_not_what_came_of_that() {
        let output = tempfile::tempdir().unwrap();
        let logs = output.path().join("20261128T003156.341/log");
        fs::create_dir_all(&logs).unwrap();
        let lost = "pg_restore: error: could not execute query: FATAL:  terminating connection due to administrator command\n";
        fs::write(logs.join("pg_upgrade_dump_5.log"), lost).unwrap();
        let why = "pg_restore: connecting\npg_restore: error: could not execute query: ERROR:  no column\n";
        fs::write(logs.join("pg_upgrade_dump_16.log"), why).unwrap();
        assert_eq!(told("*failure*\n", output.path()), "could not execute query: ERROR:  no column");
    }
}

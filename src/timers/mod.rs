//! Timers: who runs a command of ours again and again on this machine: systemd where it runs, or else cron.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use crate::error::{Error, IoContext};

mod crontab;
mod systemd;

/// How often the command is run.
pub const MINUTES: u32 = 15;
/// What all that is ours is known by.
const NAME: &str = "resource-postgres-backups";

/// A command that is run without anybody's terminal and environment.
#[derive(Clone, Debug)]
pub struct Job {
    /// The program and its arguments.
    pub words: Vec<String>,
    /// Variables of its environment.
    pub variables: Vec<(&'static str, String)>,
}

/// What there is on this machine.
#[derive(Clone, Debug)]
pub struct Timers {
    /// The folders that programs are looked for in.
    pub path: Vec<PathBuf>,
    /// Whose units are written.
    pub scope: Scope,
    /// The folder that they are in.
    pub units: PathBuf,
}

/// Whose systemd is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The machine's, for root.
    System,
    /// A user's own.
    User,
}

/// Who runs the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A timer of systemd's.
    Systemd(Scope),
    /// An entry of the user's crontab.
    Crontab,
}

impl Timers {
    /// Has the command run every [`MINUTES`]. What an earlier call has installed is replaced.
    pub async fn install(&self, job: &Job) -> Result<Kind, Error> {
        if self.has_systemd().await {
            self.install_units(job).await.map_err(|err| job.without_timer(&err.line()))?;
            // One that was installed while systemd did not run would run it as well. Who may have no crontab has none.
            let _ = self.remove_entry().await;
            return Ok(Kind::Systemd(self.scope));
        }
        match self.install_entry(job).await {
            Ok(true) => Ok(Kind::Crontab),
            Ok(false) => Err(job.without_timer("systemd does not run here, and there is no `crontab`")),
            Err(err) => Err(job.without_timer(&err.line())),
        }
    }

    /// Takes away what [`Timers::install`] has installed; none if there was nothing.
    pub async fn remove(&self) -> Result<Option<Kind>, Error> {
        match (self.remove_units().await?, self.remove_entry().await) {
            (Some(units), _) => Ok(Some(units)),
            (None, entry) => entry,
        }
    }

    fn find(&self, program: &str) -> Option<PathBuf> {
        self.path.iter().map(|it| it.join(program)).find(|it| it.is_file())
    }
}

impl Job {
    fn without_timer(&self, why: &str) -> Error {
        Error::NoTimer { why: why.to_owned(), command: self.shell(), minutes: MINUTES }
    }

    /// A line of the shell's.
    fn shell(&self) -> String {
        let variables = self.variables.iter().map(|(name, value)| format!("{name}={}", quoted(value)));
        variables.chain(self.words.iter().map(|it| quoted(it))).collect::<Vec<_>>().join(" ")
    }
}

/// A word as the shell wants it.
fn quoted(word: &str) -> String {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || "/._-:=@,+".contains(it);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

/// Runs a program to its end, with text on its standard input.
async fn run(program: &Path, args: &[&str], input: &str) -> Result<Output, Error> {
    let mut command = Command::new(program);
    command.args(args).env("LC_ALL", "C").env_remove("POSTGRES_PASSWORD").kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().doing("running", program)?;
    if let Some(mut stdin) = child.stdin.take() {
        // One that does not read it says by its end what is wrong.
        let _ = stdin.write_all(input.as_bytes()).await;
    }
    child.wait_with_output().await.doing("running", program)
}

/// The same for a program that must succeed.
async fn succeed(program: &Path, args: &[&str], input: &str) -> Result<(), Error> {
    let output = run(program, args, input).await?;
    if output.status.success() { Ok(()) } else { Err(failed(program, &output)) }
}

fn failed(program: &Path, output: &Output) -> Error {
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().map(str::trim).find(|it| !it.is_empty()).unwrap_or("it said nothing");
    Error::Program {
        program: program.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        said: said.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_one_word_to_the_shell() {
        assert_eq!(quoted("/usr/bin/a-b"), "/usr/bin/a-b");
        assert_eq!(quoted("it's $HOME"), r"'it'\''s $HOME'");
        assert_eq!(quoted(""), "''");
    }
}

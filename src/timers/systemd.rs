//! A timer of systemd's, and the service that it starts.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Job, Kind, MINUTES, NAME, Scope, Timers, run, succeed};
use crate::error::{Error, IoContext, absent_is_fine, absent_is_none};
use crate::files::{make_dir, write_bytes};

/// The program that speaks to systemd.
const PROGRAM: &str = "systemctl";
/// The first line of files that are ours.
const MARK: &str =
    "# Written by `resource-postgres content backup schedule --install-timer`, which writes it anew.";
/// Its words for a systemd that takes orders.
const RUNNING: [&str; 5] = ["running", "degraded", "starting", "initializing", "maintenance"];

impl Timers {
    /// Whether systemd runs here, or the user's own does.
    pub(super) async fn has_systemd(&self) -> bool {
        let Some(program) = self.find(PROGRAM) else { return false };
        let said = run(&program, &self.args(&["is-system-running"]), "").await.map(|it| it.stdout);
        said.is_ok_and(|it| RUNNING.contains(&String::from_utf8_lossy(&it).trim()))
    }

    /// Writes both units and has the timer run. Of one that systemd refuses nothing is left.
    pub(super) async fn install_units(&self, job: &Job) -> Result<(), Error> {
        let files = [(self.unit("service"), service(job)), (self.unit("timer"), timer())];
        for (file, _) in &files {
            refuse_strange(file)?;
        }
        make_dir(&self.units, 0o755)?;
        let written = files.iter().try_for_each(|(file, text)| write_bytes(file, text.as_bytes()));
        let enabled = match written {
            Ok(()) => self.enable().await,
            Err(err) => Err(err),
        };
        if enabled.is_err() {
            let _ = self.remove_units().await;
        }
        enabled
    }

    async fn enable(&self) -> Result<(), Error> {
        self.order(&["daemon-reload"]).await?;
        self.order(&["enable", "--now", &format!("{NAME}.timer")]).await
    }

    /// Takes both units away.
    pub(super) async fn remove_units(&self) -> Result<Option<Kind>, Error> {
        let mut files = vec![self.unit("timer"), self.unit("service")];
        files.retain(|it| is_ours(it).is_ok_and(|it| it));
        if files.is_empty() {
            return Ok(None);
        }
        // Where systemd does not run, nothing of it does.
        let _ = self.order(&["disable", "--now", &format!("{NAME}.timer")]).await;
        for file in &files {
            absent_is_fine(fs::remove_file(file)).doing("deleting", file)?;
        }
        let _ = self.order(&["daemon-reload"]).await;
        Ok(Some(Kind::Systemd(self.scope)))
    }

    async fn order(&self, words: &[&str]) -> Result<(), Error> {
        match self.find(PROGRAM) {
            Some(program) => succeed(&program, &self.args(words), "").await,
            None => Ok(()),
        }
    }

    fn args<'a>(&self, words: &[&'a str]) -> Vec<&'a str> {
        let scope: &[&str] = match self.scope {
            Scope::System => &[],
            Scope::User => &["--user"],
        };
        scope.iter().chain(words).copied().collect()
    }

    fn unit(&self, kind: &str) -> PathBuf {
        self.units.join(format!("{NAME}.{kind}"))
    }
}

/// Whether a file is one of ours; an error if it cannot be told.
fn is_ours(file: &Path) -> io::Result<bool> {
    Ok(absent_is_none(fs::read(file))?.is_some_and(|it| it.starts_with(MARK.as_bytes())))
}

fn refuse_strange(file: &Path) -> Result<(), Error> {
    match file.exists() && !is_ours(file).doing("reading", file)? {
        true => Err(Error::NotOurs { path: file.to_owned(), what: "a unit of somebody else's".to_owned() }),
        false => Ok(()),
    }
}

fn service(job: &Job) -> String {
    let variable =
        |(name, value): &(&str, String)| format!("Environment={}\n", quoted(&format!("{name}={value}")));
    let variables: String = job.variables.iter().map(variable).collect();
    // A dollar sign is the beginning of a variable in an argument only, not in a program's path.
    let word = |(at, it): (usize, &String)| match at {
        0 => quoted(it),
        _ => quoted(it).replace('$', "$$"),
    };
    let words: Vec<String> = job.words.iter().enumerate().map(word).collect();
    format!(
        "{MARK}\n[Unit]\nDescription=Backups of resource-postgres that are due\n\n[Service]\nType=oneshot\n{variables}ExecStart={}\n",
        words.join(" ")
    )
}

fn timer() -> String {
    format!(
        "{MARK}\n[Unit]\nDescription=Backups of resource-postgres, every {MINUTES} minutes\n\n[Timer]\nOnCalendar=*:0/{MINUTES}\n\
         Persistent=true\n\n[Install]\nWantedBy=timers.target\n"
    )
}

/// A word as a unit wants it.
fn quoted(word: &str) -> String {
    let escaped = word.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('%', "%%");
    format!("\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_runs_the_very_words_with_the_very_variables() {
        let job = Job {
            words: vec!["/a $b/50%\"".to_owned(), "$x".to_owned()],
            variables: vec![("A", "$1 \\ 5%".to_owned())],
        };
        let text = service(&job);
        assert!(text.contains("\nEnvironment=\"A=$1 \\\\ 5%%\"\n"), "{text}");
        assert!(text.ends_with("\nExecStart=\"/a $b/50%%\\\"\" \"$$x\"\n"), "{text}");
    }
}

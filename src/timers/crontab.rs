//! An entry of the user's crontab.

use super::{Job, Kind, MINUTES, NAME, Timers, failed, run, succeed};
use crate::error::Error;

/// The program that reads and writes it.
const PROGRAM: &str = "crontab";
/// What it says where the user has none; the second is busybox's.
const NONE: [&str; 2] = ["no crontab for", "No such file"];

/// What becomes of the lines that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Nothing,
    Written,
}

impl Timers {
    /// Adds the entry, in the place of an earlier one. False where there is no crontab.
    pub(super) async fn install_entry(&self, job: &Job) -> Result<bool, Error> {
        let entry = entry(job)?;
        let Some(before) = self.entries().await? else { return Ok(false) };
        self.write(&before, &format!("{}{entry}", without_ours(&before))).await?;
        Ok(true)
    }

    /// Takes the entry away.
    pub(super) async fn remove_entry(&self) -> Result<Option<Kind>, Error> {
        let Some(before) = self.entries().await? else { return Ok(None) };
        match self.write(&before, &without_ours(&before)).await? {
            Change::Nothing => Ok(None),
            Change::Written => Ok(Some(Kind::Crontab)),
        }
    }

    /// All that is in it; none where nobody runs it.
    async fn entries(&self) -> Result<Option<String>, Error> {
        let Some(program) = self.find(PROGRAM) else { return Ok(None) };
        let output = run(&program, &["-l"], "").await?;
        let said = String::from_utf8_lossy(&output.stderr);
        match (output.status.success(), NONE.iter().any(|it| said.contains(it))) {
            (true, _) => Ok(Some(String::from_utf8_lossy(&output.stdout).into_owned())),
            (false, true) => Ok(Some(String::new())),
            // Whatever is in it must not be lost.
            (false, false) => Err(failed(&program, &output)),
        }
    }

    async fn write(&self, before: &str, after: &str) -> Result<Change, Error> {
        match self.find(PROGRAM) {
            Some(program) if before != after => {
                succeed(&program, &["-"], after).await.map(|()| Change::Written)
            }
            Some(_) | None => Ok(Change::Nothing),
        }
    }
}

/// The line. It says something, which cron sends to the user, only where the command fails.
fn entry(job: &Job) -> Result<String, Error> {
    let command = job.shell();
    if command.contains('\n') {
        return Err(Error::Usage("a crontab cannot hold a value with a line break".to_owned()));
    }
    // To cron a percent sign is the end of a command.
    let command = command.replace('%', "\\%");
    Ok(format!("*/{MINUTES} * * * * said=$({command} 2>&1) || echo \"$said\" # {NAME}\n"))
}

fn without_ours(entries: &str) -> String {
    let mark = format!("# {NAME}");
    entries.split_inclusive('\n').filter(|it| !it.trim_end().ends_with(&mark)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_one_line_that_is_known_again() {
        let job = Job {
            words: vec!["/a b/50%".to_owned(), "x".to_owned()],
            variables: vec![("A", "1".to_owned())],
        };
        let entry = entry(&job).unwrap();
        assert_eq!(
            entry,
            "*/15 * * * * said=$(A=1 '/a b/50\\%' x 2>&1) || echo \"$said\" # resource-postgres-backups\n"
        );
        let others = "# mine\n0 3 * * * true\n";
        assert_eq!(without_ours(&format!("{others}{entry}")), others);
        let broken = Job { variables: vec![("A", "1\n2".to_owned())], ..job };
        assert!(super::entry(&broken).is_err());
    }
}

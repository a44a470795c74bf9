//! `Tool`: a client program of PostgreSQL's that is run on an instance's server, in the server's own version.

use std::io::Write;
use std::path::Path;

use tempfile::{NamedTempFile, TempDir};

use crate::engine::Site;
use crate::error::{Error, IoContext};
use crate::secret::Secret;

/// How the name of a folder begins that holds a password for as long as a program runs.
const PASSWORDS: &str = ".passwords-";

/// A run of a program.
#[derive(Clone, Debug)]
pub struct Tool<'a> {
    /// The program, such as `pg_dump`.
    pub program: &'static str,
    /// What it is told, without the connection. Paths are those of this machine.
    pub arguments: Vec<String>,
    /// Whom it connects as, where it connects at all.
    pub login: Option<Login<'a>>,
    /// The folder that it reads or writes.
    pub folder: &'a Path,
    /// What it does there.
    pub access: Access,
}

/// Whom a program connects as, and where to.
#[derive(Clone, Copy, Debug)]
pub struct Login<'a> {
    /// The database.
    pub database: &'a str,
    /// The role.
    pub user: &'a str,
    /// Its password.
    pub password: &'a Secret,
}

/// What a program does in its folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// It reads what is there.
    Reads,
    /// It writes.
    Writes,
}

impl Login<'_> {
    /// What tells a program of it, with what else there is to say of the connection. The database stands in a connection
    /// string: alone, one called `host=elsewhere` would be taken for such a string itself.
    pub(super) fn arguments(&self, connection: &[(&str, &str)]) -> [String; 2] {
        let own = [("dbname", self.database), ("user", self.user)];
        let pairs = own.iter().chain(connection).map(|(key, value)| format!("{key}={}", value_of(value)));
        let connection = pairs.collect::<Vec<_>>().join(" ");
        ["--no-password".to_owned(), format!("--dbname={connection}")]
    }
}

impl Tool<'_> {
    /// The whole of its arguments, with what else there is to say of the connection.
    pub(super) fn command_line(&self, connection: &[(&str, &str)]) -> Vec<String> {
        let mut arguments = self.arguments.clone();
        if let Some(login) = &self.login {
            arguments.extend(login.arguments(connection));
        }
        arguments
    }

    /// The error of a program that ended badly, in its own words.
    pub(super) fn failed(&self, said: &str) -> Error {
        // The first says what is wrong; thousands may follow from it.
        Error::Program { program: self.program.to_owned(), said: complaint(self.program, said, LINES) }
    }
}

/// Lines of a program's complaint that are told.
const LINES: usize = 4;

/// What a program has complained of, in so many lines of its own.
pub(super) fn complaint(program: &str, said: &str, limit: usize) -> String {
    let own = format!("{program}: ");
    let line = |it: &str| it.trim().trim_start_matches(&own).trim_start_matches("error: ").to_owned();
    let lines: Vec<String> = said.lines().map(line).filter(|it| !it.is_empty()).take(limit).collect();
    if lines.is_empty() { "it said nothing".to_owned() } else { lines.join("; ") }
}

/// A value in a connection string.
fn value_of(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// A line of a password file.
pub(super) fn password_line(password: &Secret) -> String {
    let password = password.reveal().replace('\\', "\\\\").replace(':', "\\:");
    format!("*:*:*:*:{password}\n")
}

/// A password file in a folder of its own among the instance's, for as long as this is there. What killed commands left is
/// taken away.
pub(super) fn password_file(site: &Site, password: &Secret) -> Result<(TempDir, NamedTempFile), Error> {
    let run = site.dir.join("run");
    for entry in std::fs::read_dir(&run).into_iter().flatten().flatten() {
        let is_old = entry
            .metadata()
            .and_then(|it| it.modified())
            .is_ok_and(|it| it.elapsed().is_ok_and(|age| age > std::time::Duration::from_secs(24 * 60 * 60)));
        if is_old && entry.file_name().as_encoded_bytes().starts_with(PASSWORDS.as_bytes()) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
    let folder =
        tempfile::Builder::new().prefix(PASSWORDS).tempdir_in(&run).doing("making a folder in", &run)?;
    let written = NamedTempFile::new_in(folder.path()).and_then(|mut file| {
        file.write_all(password_line(password).as_bytes())?;
        Ok(file)
    });
    Ok((folder, written.doing("handing over a password in", &run)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_place_in_the_connection_string() {
        let password = Secret::new("x");
        let tool = Tool {
            program: "pg_dump",
            arguments: vec!["--create".to_owned()],
            login: Some(Login { database: "a b' host='c\\", user: "u", password: &password }),
            folder: Path::new("/"),
            access: Access::Reads,
        };
        assert_eq!(
            tool.command_line(&[("port", "5433")]),
            ["--create", "--no-password", "--dbname=dbname='a b\\' host=\\'c\\\\' user='u' port='5433'"]
        );
        let said = tool.failed("pg_dump: error: one\npg_dump: two\n").line();
        assert_eq!(said, "pg_dump: one; two");
    }
}

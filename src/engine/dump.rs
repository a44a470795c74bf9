//! `Dump`: what `pg_dump` is asked for, the same on every engine.

use std::io;

use crate::error::Error;
use crate::secret::Secret;

/// The program.
pub const PROGRAM: &str = "pg_dump";

/// A database that is to be written as SQL.
#[derive(Clone, Copy, Debug)]
pub struct Dump<'a> {
    /// Its name.
    pub database: &'a str,
    /// Who reads it.
    pub user: &'a str,
    /// That role's password.
    pub password: &'a Secret,
    /// How much of it.
    pub what: What,
}

/// How much of a database is dumped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Definitions.
    Schema,
    /// Definitions and rows.
    Everything,
}

/// Who takes what is written, piece by piece.
pub type Sink<'a> = &'a mut (dyn FnMut(&[u8]) -> io::Result<()> + 'a);

impl Dump<'_> {
    /// The program's arguments, with what else there is to say of the connection. The database stands in a connection
    /// string: alone, one called `host=elsewhere` would be taken for such a string itself.
    pub fn arguments(&self, connection: &[(&str, &str)]) -> Vec<String> {
        let own = [("dbname", self.database), ("user", self.user)];
        let pairs = own.iter().chain(connection).map(|(key, value)| format!("{key}={}", value_of(value)));
        let connection = pairs.collect::<Vec<_>>().join(" ");
        let mut arguments = vec!["--no-password".to_owned(), format!("--dbname={connection}")];
        match self.what {
            What::Schema => arguments.push("--schema-only".to_owned()),
            What::Everything => {}
        }
        arguments
    }

    /// The error of a program that ended badly.
    pub fn failed(&self, said: &str) -> Error {
        let line =
            |it: &str| it.trim().trim_start_matches("pg_dump: ").trim_start_matches("error: ").to_owned();
        let lines: Vec<String> = said.lines().map(line).filter(|it| !it.is_empty()).collect();
        let said = if lines.is_empty() { "it said nothing".to_owned() } else { lines.join("; ") };
        Error::Program { program: format!("{PROGRAM} of database `{}`", self.database), said }
    }
}

/// A value in a connection string.
fn value_of(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_place_in_the_connection_string() {
        let password = Secret::new("x");
        let dump = |database| Dump { database, user: "u", password: &password, what: What::Schema };
        let of = |database| dump(database).arguments(&[("port", "5433")]);
        assert_eq!(
            of("a b' host='c\\"),
            ["--no-password", "--dbname=dbname='a b\\' host=\\'c\\\\' user='u' port='5433'", "--schema-only"]
        );
    }
}

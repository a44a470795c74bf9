//! `Dump`: what `pg_dump` is asked for, the same on every engine.

use std::io;

use crate::engine::tool::{Login, complaint};
use crate::error::Error;

/// The program.
pub const PROGRAM: &str = "pg_dump";

/// A database that is to be written as SQL.
#[derive(Clone, Copy, Debug)]
pub struct Dump<'a> {
    /// Its name, and who reads it.
    pub login: Login<'a>,
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
    /// The program's arguments, with what else there is to say of the connection.
    pub fn arguments(&self, connection: &[(&str, &str)]) -> Vec<String> {
        let mut arguments = self.login.arguments(connection).to_vec();
        match self.what {
            What::Schema => arguments.push("--schema-only".to_owned()),
            What::Everything => {}
        }
        arguments
    }

    /// The error of a program that ended badly.
    pub fn failed(&self, said: &str) -> Error {
        let said = complaint(PROGRAM, said, usize::MAX);
        Error::Program { program: format!("{PROGRAM} of database `{}`", self.login.database), said }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    #[test]
    fn a_name_cannot_leave_its_place_in_the_connection_string() {
        let password = Secret::new("x");
        let dump =
            |database| Dump { login: Login { database, user: "u", password: &password }, what: What::Schema };
        let of = |database| dump(database).arguments(&[("port", "5433")]);
        assert_eq!(
            of("a b' host='c\\"),
            ["--no-password", "--dbname=dbname='a b\\' host=\\'c\\\\' user='u' port='5433'", "--schema-only"]
        );
    }
}

//! Why a step of a script has failed, and what that means for the rest.

use std::io;

use crate::error::Error;
use crate::pg::query::Failure;

/// Why a step of a script has failed.
#[derive(Debug)]
pub enum Fault {
    /// It was wrong or was refused, for this reason; `ON_ERROR_STOP` decides whether the script goes on.
    Step(String),
    /// It ends the run, whatever `ON_ERROR_STOP` says, for this reason.
    Final(String),
    /// There is no connection any more.
    Lost(String),
    /// What it answers could not be written.
    Output(io::Error),
    /// A script that it includes has failed, which has its own place.
    Told(Error),
}

impl Fault {
    /// A failure of one of the runner's own commands, in psql's form.
    pub(super) fn own(why: impl std::fmt::Display) -> Self {
        Self::Step(format!("error: {why}"))
    }

    /// A failure of SQL that the runner itself has sent.
    pub(super) fn of(failure: Failure, sql: &str) -> Self {
        match failure {
            Failure::Output(err) => Self::Output(err),
            Failure::Lost(why) => Self::Lost(why),
            Failure::Server(_) | Failure::Other(_) | Failure::Input(_) => Self::Step(failure.text(sql)),
        }
    }

    /// The error that the run ends with, told with its place.
    pub(super) fn into_error(self, place: &str) -> Error {
        match self {
            Self::Step(text) | Self::Final(text) => Error::Sql(format!("{place}{text}")),
            Self::Lost(why) => Error::ConnectionLost { place: place.to_owned(), why },
            Self::Output(err) => Error::Output(err),
            Self::Told(err) => err,
        }
    }
}

impl From<io::Error> for Fault {
    fn from(err: io::Error) -> Self {
        Self::Output(err)
    }
}

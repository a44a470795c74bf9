//! Probing: a server's health is an answered query, asked with the instance's own credentials.

use std::time::Duration;

use tokio::time::timeout;
use tokio_postgres::SimpleQueryMessage;
use tokio_postgres::error::SqlState;

use crate::pg::connect::{Refusal, Session, Target, connect};

/// What tells one server from another.
const QUESTION: &str =
    "SELECT current_setting('data_directory'), system_identifier FROM pg_catalog.pg_control_system()";

/// What came of asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Probe {
    /// It answered.
    Answered(Answer),
    /// It is coming up, or replaying WAL: SQLSTATE 57P03.
    ComingUp(String),
    /// It refused, with SQLSTATE and message.
    Refused {
        /// SQLSTATE.
        code: String,
        /// The server's message.
        message: String,
    },
    /// Nobody listens.
    NotListening,
    /// No answer, or none that makes sense.
    Silent(String),
}

/// Who answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its data directory, in its own words.
    pub data_directory: String,
    /// What tells the data in it from all other data.
    pub identifier: Option<u64>,
    /// Its version, such as `15.18 (Debian 15.18-0+deb12u1)`.
    pub version: String,
}

/// Asks the server within `limit`.
pub async fn probe(target: &Target, limit: Duration) -> Probe {
    match timeout(limit, ask(target, limit)).await {
        Ok(probe) => probe,
        Err(_) => Probe::Silent(Refusal::TimedOut(limit).why()),
    }
}

async fn ask(target: &Target, limit: Duration) -> Probe {
    let session = match connect(target, limit, Box::new(|_| ())).await {
        Ok(session) => session,
        Err(refusal) => return refused(refusal),
    };
    match answer(&session).await {
        Ok(Some(answer)) => Probe::Answered(answer),
        Ok(None) => Probe::Silent("its answer makes no sense".to_owned()),
        Err(err) => match err.as_db_error() {
            Some(said) => {
                Probe::Refused { code: said.code().code().to_owned(), message: said.message().to_owned() }
            }
            None => Probe::Silent(crate::pg::connect::with_cause(&err)),
        },
    }
}

fn refused(refusal: Refusal) -> Probe {
    let message = refusal.why();
    match refusal {
        Refusal::Server(said) if *said.code() == SqlState::CANNOT_CONNECT_NOW => Probe::ComingUp(message),
        Refusal::Server(said) => Probe::Refused { code: said.code().code().to_owned(), message },
        Refusal::NotListening => Probe::NotListening,
        Refusal::TimedOut(_) | Refusal::Other(_) => Probe::Silent(message),
    }
}

async fn answer(session: &Session) -> Result<Option<Answer>, tokio_postgres::Error> {
    let messages = session.client.simple_query(QUESTION).await?;
    Ok(messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => {
            Some(Answer {
                data_directory: row.get(0)?.to_owned(),
                // SQL has no unsigned numbers.
                identifier: row.get(1).and_then(|it| it.parse().ok()).map(i64::cast_unsigned),
                version: session.version.clone(),
            })
        }
        _ => None,
    }))
}

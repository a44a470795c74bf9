//! Administration: what only a superuser may do or see.

use postgres_protocol::password::scram_sha_256;
use tokio_postgres::SimpleQueryMessage;
use tokio_postgres::error::SqlState;

use crate::error::Error;
use crate::pg::connect::{Session, with_cause};
use crate::pg::query::{Failure, rows};
use crate::secret::Secret;

/// Whether what a command makes or removes was there before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// It was not.
    Absent,
    /// It was.
    There,
}

/// What `status --verbose` asks a running server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Seconds since it started.
    pub uptime_seconds: i64,
    /// Client connections now.
    pub connections: u32,
    /// `max_connections`.
    pub max_connections: u32,
    /// Databases with their sizes in bytes, in order of their names.
    pub databases: Vec<(String, u64)>,
}

/// An identifier as SQL wants it.
pub fn quoted(identifier: &str) -> String {
    format!("\"{}\"", identifier.replace('"', "\"\""))
}

/// Sets a role's password. The server gets the SCRAM verifier only, and is told not to log even that.
pub async fn set_password(session: &Session, user: &str, password: &Secret) -> Result<(), String> {
    session.client.batch_execute(QUIETLY).await.map_err(|err| with_cause(&err))?;
    session.client.batch_execute(&alter(user, password)).await.map_err(|err| with_cause(&err))
}

/// The same as SQL, for somebody else to run.
pub fn password_statements(user: &str, password: &Secret) -> String {
    format!("{QUIETLY};\n{};\n", alter(user, password))
}

fn alter(user: &str, password: &Secret) -> String {
    let verifier = scram_sha_256(password.reveal().as_bytes());
    format!("ALTER ROLE {} PASSWORD '{verifier}'", quoted(user))
}

/// A message of its own: the server decides whether to log a message before it runs any of it.
const QUIETLY: &str = "SET log_statement = 'none'; SET log_min_error_statement = 'panic'; \
                       SET log_min_duration_statement = -1; SET log_min_duration_sample = -1; \
                       SET log_transaction_sample_rate = 0";

/// Tells the server to log nothing of what the session says from here on.
pub async fn quietly(session: &Session) -> Result<(), Error> {
    execute(session, "keeping a password out of the log", QUIETLY).await
}

/// Runs SQL for what it does.
pub async fn execute(session: &Session, doing: &str, sql: &str) -> Result<(), Error> {
    values(session, doing, sql).await.map(drop)
}

/// Runs SQL for the first column of its rows.
pub async fn values(session: &Session, doing: &str, sql: &str) -> Result<Vec<String>, Error> {
    let rows = rows(session, sql).await.map_err(|failure| refused(doing, failure))?;
    Ok(rows.into_iter().filter_map(|row| row.into_iter().next().flatten()).collect())
}

/// Runs SQL that answers whether something is so.
pub async fn is_so(session: &Session, doing: &str, sql: &str) -> Result<bool, Error> {
    Ok(values(session, doing, sql).await?.first().is_some_and(|it| it == "t"))
}

/// The SQLSTATE of a failure, if it was the server who said no.
pub fn said(failure: &Failure) -> Option<SqlState> {
    match failure {
        Failure::Server(said) => Some(said.code().clone()),
        Failure::Lost(_) | Failure::Other(_) | Failure::Input(_) | Failure::Output(_) => None,
    }
}

/// The error of an act that the server refused: its statement is ours, and of no use to anybody.
pub fn refused(doing: &str, failure: Failure) -> Error {
    let (why, advice) = match failure {
        Failure::Server(said) => {
            let detail = said.detail().map(|it| format!(": {it}")).unwrap_or_default();
            let why = format!("{}{detail} (SQLSTATE {})", said.message(), said.code().code());
            (why.replace('\n', "; "), said.hint().map(str::to_owned))
        }
        Failure::Lost(why) => (format!("connection lost: {why}"), None),
        Failure::Other(why) => (why, None),
        Failure::Input(err) => (err.to_string(), None),
        Failure::Output(err) => return Error::Output(err),
    };
    Error::Refused { doing: doing.to_owned(), why, advice }
}

/// Asks for what tells the server's data directory from every other; none if it does not say.
pub async fn identifier(session: &Session) -> Option<u64> {
    let question = "SELECT system_identifier FROM pg_catalog.pg_control_system()";
    let answered = session.client.simple_query(question).await;
    session.drain.clear();
    let messages = answered.ok()?;
    let said = messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    // SQL has no unsigned numbers.
    said?.parse().ok().map(i64::cast_unsigned)
}

/// Asks for connections and sizes.
pub async fn facts(session: &Session) -> Result<Facts, String> {
    let sql = "SELECT extract(epoch FROM now() - pg_postmaster_start_time())::bigint, NULL; \
               SELECT count(*), current_setting('max_connections') FROM pg_stat_activity \
               WHERE backend_type = 'client backend'; \
               SELECT datname, pg_database_size(oid) FROM pg_database WHERE datallowconn ORDER BY datname";
    let messages = session.client.simple_query(sql).await.map_err(|err| with_cause(&err))?;
    let mut rows = messages.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => {
            Some((row.get(0).unwrap_or_default().to_owned(), row.get(1).unwrap_or_default().to_owned()))
        }
        _ => None,
    });
    let (uptime, _) = rows.next().unwrap_or_default();
    let (connections, max_connections) = rows.next().unwrap_or_default();
    Ok(Facts {
        uptime_seconds: uptime.parse().unwrap_or_default(),
        connections: connections.parse().unwrap_or_default(),
        max_connections: max_connections.parse().unwrap_or_default(),
        databases: rows.map(|(name, size)| (name, size.parse().unwrap_or_default())).collect(),
    })
}

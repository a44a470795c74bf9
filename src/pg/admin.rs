//! Administration: what only a superuser may do or see.

use postgres_protocol::password::scram_sha_256;
use tokio_postgres::SimpleQueryMessage;

use crate::pg::connect::{Session, with_cause};
use crate::secret::Secret;

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
    let verifier = scram_sha_256(password.reveal().as_bytes());
    let sql = format!(
        "SET log_statement = 'none'; SET log_min_error_statement = 'panic'; \
         SET log_min_duration_statement = -1; ALTER ROLE {} PASSWORD '{verifier}'",
        quoted(user)
    );
    session.client.batch_execute(&sql).await.map_err(|err| with_cause(&err))
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

//! Copying the files of a running server: its low-level backup API, in one session that lasts as long as the copy.

use std::time::Duration;

use crate::error::Error;
use crate::pg::admin::{execute, refused};
use crate::pg::connect::Session;
use crate::pg::identifier::literal;
use crate::pg::query::rows;

/// How long the server may take for the checkpoint with which a copy begins, which writes all that is in memory only.
const STATEMENT_LIMIT: Duration = Duration::from_secs(600);
/// What the server calls the copy.
const LABEL: &str = "resource-postgres content clone";

/// A copy that has begun. It is over for the server when this is dropped.
#[derive(Debug)]
pub struct HotCopy {
    session: Session,
}

/// What makes the files that were copied whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// The text of `backup_label`.
    pub label: String,
    /// The text of `tablespace_map`.
    pub tablespaces: String,
    /// The first segment of WAL that has to be replayed.
    pub first: String,
    /// The last one.
    pub last: String,
}

impl HotCopy {
    /// Lets the server know that its files are copied from now on.
    pub async fn begin(session: Session) -> Result<Self, Error> {
        let doing = "beginning a copy of its files";
        let patience =
            format!("SET statement_timeout = {}; SET idle_session_timeout = 0", STATEMENT_LIMIT.as_millis());
        execute(&session, doing, &patience).await?;
        // It keeps the WAL of the meantime, and is gone with the session. A server that has no slot to give may recycle
        // that WAL before it is copied, which is noticed then.
        let slot = "SELECT pg_catalog.pg_create_physical_replication_slot(\
                    'resource_postgres_' || pg_catalog.pg_backend_pid(), true, true)";
        let _ = rows(&session, slot).await;
        let (function, label) = match session.major() {
            ..15 => ("pg_start_backup", format!("{}, true, false", literal(LABEL))),
            15.. => ("pg_backup_start", format!("{}, true", literal(LABEL))),
        };
        execute(&session, doing, &format!("SELECT pg_catalog.{function}({label})")).await?;
        Ok(Self { session })
    }

    /// Whether the server, or the way to it, is gone.
    pub fn is_lost(&self) -> bool {
        self.session.client.is_closed()
    }

    /// Lets the server know that its files are copied.
    pub async fn end(&self) -> Result<Ended, Error> {
        let doing = "ending the copy of its files";
        let function = match self.session.major() {
            ..15 => "pg_stop_backup(false, false)",
            15.. => "pg_backup_stop(false)",
        };
        let sql = format!(
            "SELECT labelfile, spcmapfile, pg_catalog.pg_walfile_name(lsn) FROM pg_catalog.{function}"
        );
        let answered = rows(&self.session, &sql).await.map_err(|failure| refused(doing, failure))?;
        let mut cells = answered.into_iter().flatten().map(Option::unwrap_or_default);
        let mut next = || cells.next().unwrap_or_default();
        let (label, tablespaces, last) = (next(), next(), next());
        let first = first_segment(&label).map(str::to_owned);
        let strange = || Error::Refused {
            doing: doing.to_owned(),
            why: format!("the server's label names no segment of WAL: {label}"),
            advice: None,
        };
        Ok(Ended { first: first.ok_or_else(strange)?, label, tablespaces, last })
    }
}

/// The name in `START WAL LOCATION: 0/2000028 (file 000000010000000000000002)`.
fn first_segment(label: &str) -> Option<&str> {
    let line = label.lines().find(|it| it.starts_with("START WAL LOCATION"))?;
    line.split_once("(file ")?.1.strip_suffix(')')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_label_names_the_first_segment() {
        let label =
            "START WAL LOCATION: 0/2000028 (file 000000010000000000000002)\nCHECKPOINT LOCATION: 0/2000060\n";
        assert_eq!(first_segment(label), Some("000000010000000000000002"));
        assert_eq!(first_segment(""), None);
    }
}

//! One runner at a time: an advisory lock per database and scope, which the server takes back when its holder is gone.
//!
//! It is asked for again and again: a session that waits inside the server holds a snapshot, for whose end `CREATE INDEX
//! CONCURRENTLY` of the holder would wait in turn.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::Scope;
use crate::error::Error;
use crate::pg::admin::{is_so, refused};
use crate::pg::connect::Session;
use crate::pg::query::rows;

/// The first key of the lock: `mgrt`.
pub(super) const CLASS: u32 = 0x6d67_7274;
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(25);
const DOING: &str = "waiting for the lock of the migrations";

/// Who has the lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The process of its session.
    pub pid: String,
    /// What the session calls itself.
    pub application: String,
    /// Since when there is the session.
    pub since: String,
}

/// How the lock was come by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// At once.
    AtOnce,
    /// After somebody else had given it back.
    After(Duration),
    /// Not: somebody has it still.
    Not(Option<Holder>),
}

/// Takes the lock for as long as the session lives. `on_wait` is told whom there is to wait for.
pub async fn take(
    session: &Session,
    scope: &Scope,
    limit: Duration,
    on_wait: impl FnOnce(Option<&Holder>),
) -> Result<Taken, Error> {
    let began = Instant::now();
    if is_taken(session, scope).await? {
        return Ok(Taken::AtOnce);
    }
    on_wait(holder(session, scope).await?.as_ref());
    while began.elapsed() < limit {
        sleep(PAUSE).await;
        if is_taken(session, scope).await? {
            return Ok(Taken::After(began.elapsed()));
        }
    }
    holder(session, scope).await.map(Taken::Not)
}

/// The second key of the lock. Only scopes that share a checksum wait for each other without need.
fn key(scope: &Scope) -> u32 {
    crc32c::crc32c(scope.as_str().as_bytes())
}

async fn is_taken(session: &Session, scope: &Scope) -> Result<bool, Error> {
    let (class, key) = (CLASS.cast_signed(), key(scope).cast_signed());
    let sql = format!("SELECT pg_catalog.pg_try_advisory_lock({class}, {key})");
    is_so(session, DOING, &sql).await
}

/// Who has it; none where it has just been given back.
async fn holder(session: &Session, scope: &Scope) -> Result<Option<Holder>, Error> {
    let sql = format!(
        "SELECT l.pid, coalesce(a.application_name, ''), \
                pg_catalog.to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS \"UTC\"') \
         FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid \
         WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2 \
           AND l.classid = {CLASS} AND l.objid = {} \
           AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())",
        key(scope)
    );
    let found = rows(session, &sql).await.map_err(|failure| refused(DOING, failure))?;
    let mut cells = found.into_iter().next().unwrap_or_default().into_iter().map(Option::unwrap_or_default);
    let (Some(pid), Some(application), Some(since)) = (cells.next(), cells.next(), cells.next()) else {
        return Ok(None);
    };
    Ok(Some(Holder { pid, application, since }))
}

impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { pid, application, since } = self;
        write!(f, "process {pid} (`{application}`, connected since {since})")
    }
}

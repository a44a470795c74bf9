//! Copying a database beside itself, with what `CREATE DATABASE ... TEMPLATE` leaves out: its owner, access, settings,
//! limit and comment.
//!
//! The copy has a name of its own until it is whole, under which nobody can connect to it. What an interruption leaves
//! is dropped by the next copy of the same name.

use std::time::Duration;

use tokio::time::{Instant, sleep};
use tokio_postgres::error::SqlState;

use crate::error::Error;
use crate::pg::admin::{execute, quoted, refused, said, values};
use crate::pg::attributes::attributes;
use crate::pg::connect::Session;
use crate::pg::databases::exists;
use crate::pg::identifier::Identifier;
use crate::pg::query::rows;

/// A database that is smaller goes through WAL, which is no slower than the two checkpoints that a copy of files needs,
/// and spares others those. One of 64 MiB took 195 ms through WAL and 125 ms as files, one of 512 MiB 1170 and 465 ms.
const SMALL_BYTES: u64 = 32 << 20;
/// How long sessions that come again and again are ended.
const QUIET_LIMIT: Duration = Duration::from_secs(30);
/// Between two tries to find the database without sessions.
const PAUSE: Duration = Duration::from_millis(50);
/// Sessions that are named.
const NAMED: usize = 5;

/// What is done about sessions in the database, with which it cannot be copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sessions {
    /// It is not copied.
    Respected,
    /// They are ended.
    Ended,
}

/// How the server copies the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Strategy {
    /// As it always does: it is older than 15.
    Only,
    /// Page by page, through WAL.
    Wal,
    /// File by file.
    Files,
    /// File by file, of which the file system need not write the blocks again.
    SharedFiles,
}

/// What there is to know of the database.
#[derive(Debug)]
struct Facts {
    oid: String,
    owner: String,
    connection_limit: String,
    size_bytes: u64,
}

/// Waits until nobody else makes a copy of this name, and keeps others from it as long as the session lives: they would drop
/// each other's beginnings.
pub async fn claim(session: &Session, new: &Identifier) -> Result<(), Error> {
    let key = format!("pg_catalog.hashtext('clone ' || {})", new.literal());
    let doing = format!("claiming the name `{new}`");
    execute(session, &doing, &format!("SELECT pg_catalog.pg_advisory_lock({key})")).await
}

/// Makes `new` a copy of `source`.
pub async fn duplicate(
    session: &Session,
    source: &Identifier,
    new: &Identifier,
    sessions: Sessions,
) -> Result<(), Error> {
    let doing = format!("copying database `{source}`");
    execute(session, &doing, "SET statement_timeout = 0; SET idle_session_timeout = 0").await?;
    claim(session, new).await?;
    if exists(session, new).await? {
        return Err(taken(new));
    }
    let facts = facts(session, &doing, source).await?;
    let half = half_name(session, &doing, new).await?;
    execute(session, &doing, &format!("DROP DATABASE IF EXISTS {half} WITH (FORCE)")).await?;
    create(session, &doing, (source, &half), &facts, sessions).await?;
    match finish(session, &doing, &half, new, &facts).await {
        Ok(()) => Ok(()),
        Err(err) => {
            let _ = rows(session, &format!("DROP DATABASE IF EXISTS {half} WITH (FORCE)")).await;
            Err(err)
        }
    }
}

fn taken(new: &Identifier) -> Error {
    let advice = "choose another name, or drop it with `content remove-database`".to_owned();
    Error::Taken { what: format!("database `{new}`"), advice }
}

async fn facts(session: &Session, doing: &str, source: &Identifier) -> Result<Facts, Error> {
    let sql = format!(
        "SELECT oid, pg_catalog.pg_get_userbyid(datdba), datconnlimit, pg_catalog.pg_database_size(oid) \
         FROM pg_catalog.pg_database WHERE datname = {}",
        source.literal()
    );
    let found = rows(session, &sql).await.map_err(|failure| refused(doing, failure))?.into_iter().next();
    let absent = || Error::Refused {
        doing: doing.to_owned(),
        why: "there is no such database".to_owned(),
        advice: Some("`resource-postgres content list` shows those that there are".to_owned()),
    };
    let mut cells = found.ok_or_else(absent)?.into_iter();
    let mut next = || cells.next().flatten();
    Ok(Facts {
        oid: next().unwrap_or_default(),
        owner: next().unwrap_or_default(),
        connection_limit: next().unwrap_or_default(),
        size_bytes: next().and_then(|it| it.parse().ok()).unwrap_or_default(),
    })
}

/// The name of a copy that is not whole yet, as SQL wants it.
async fn half_name(session: &Session, doing: &str, new: &Identifier) -> Result<String, Error> {
    let hashed = values(session, doing, &format!("SELECT pg_catalog.md5({})", new.literal())).await?;
    Ok(quoted(&format!(".cloning-{}", hashed.concat())))
}

async fn create(
    session: &Session,
    doing: &str,
    (source, half): (&Identifier, &str),
    facts: &Facts,
    sessions: Sessions,
) -> Result<(), Error> {
    let mut strategy = Strategy::best(session.major(), facts.size_bytes);
    let deadline = Instant::now() + QUIET_LIMIT;
    loop {
        match sessions {
            Sessions::Respected => refuse_used(session, doing, source).await?,
            Sessions::Ended => end_sessions(session, doing, source).await?,
        }
        strategy.prepare(session, doing).await?;
        let sql = format!(
            "CREATE DATABASE {half} TEMPLATE {} OWNER {}{} CONNECTION LIMIT {} ALLOW_CONNECTIONS false",
            source.quoted(),
            quoted(&facts.owner),
            strategy.sql(),
            facts.connection_limit
        );
        match rows(session, &sql).await {
            Ok(_) => return Ok(()),
            // Somebody has come back before it was begun.
            Err(failure) if said(&failure) == Some(SqlState::OBJECT_IN_USE) && Instant::now() < deadline => {
                sleep(PAUSE).await;
            }
            // The file system cannot do that.
            Err(failure) if strategy == Strategy::SharedFiles && said(&failure).is_some() => {
                strategy = Strategy::Files;
            }
            Err(failure) => return Err(refused(doing, failure)),
        }
    }
}

impl Strategy {
    fn best(major: u32, size_bytes: u64) -> Self {
        match (major, size_bytes < SMALL_BYTES) {
            (..15, _) => Self::Only,
            (15.., true) => Self::Wal,
            (15..18, false) => Self::Files,
            (18.., false) => Self::SharedFiles,
        }
    }

    async fn prepare(self, session: &Session, doing: &str) -> Result<(), Error> {
        match self {
            Self::Only | Self::Wal => Ok(()),
            Self::Files if session.major() < 18 => Ok(()),
            Self::Files => execute(session, doing, "SET file_copy_method = copy").await,
            Self::SharedFiles => execute(session, doing, "SET file_copy_method = clone").await,
        }
    }

    fn sql(self) -> &'static str {
        match self {
            Self::Only => "",
            Self::Wal => " STRATEGY wal_log",
            Self::Files | Self::SharedFiles => " STRATEGY file_copy",
        }
    }
}

/// Sessions in the database but for this one; the server ends its own vacuuming by itself.
fn others(source: &Identifier) -> String {
    format!(
        "FROM pg_catalog.pg_stat_activity WHERE datname = {} AND pid <> pg_catalog.pg_backend_pid() \
         AND backend_type <> 'autovacuum worker'",
        source.literal()
    )
}

async fn refuse_used(session: &Session, doing: &str, source: &Identifier) -> Result<(), Error> {
    let sql = format!(
        "SELECT pg_catalog.format('%s as %s (pid %s)', coalesce(nullif(application_name, ''), backend_type), \
         coalesce(usename, 'nobody'), pid) {} ORDER BY backend_start",
        others(source)
    );
    let found = values(session, doing, &sql).await?;
    match found.len() {
        0 => Ok(()),
        count => {
            let more = if count > NAMED { format!(" and {} more", count - NAMED) } else { String::new() };
            let by = format!("{}{more}", found.into_iter().take(NAMED).collect::<Vec<_>>().join(", "));
            Err(Error::InUse { what: format!("database `{source}`"), by })
        }
    }
}

async fn end_sessions(session: &Session, doing: &str, source: &Identifier) -> Result<(), Error> {
    execute(session, doing, &format!("SELECT pg_catalog.pg_terminate_backend(pid, 5000) {}", others(source)))
        .await
}

/// Gives the copy what the server has left out, and its name: all of it, or nothing.
async fn finish(
    session: &Session,
    doing: &str,
    half: &str,
    new: &Identifier,
    facts: &Facts,
) -> Result<(), Error> {
    let mut all = attributes(session, doing, &facts.oid, half).await?;
    all.push(format!("ALTER DATABASE {half} ALLOW_CONNECTIONS true"));
    all.push(format!("ALTER DATABASE {half} RENAME TO {}", new.quoted()));
    match rows(session, &all.join("; ")).await {
        Ok(_) => Ok(()),
        // Somebody else has made it this moment.
        Err(failure) if said(&failure) == Some(SqlState::DUPLICATE_DATABASE) => Err(taken(new)),
        Err(failure) => Err(refused(doing, failure)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_databases_go_through_wal_and_large_ones_file_by_file() {
        assert_eq!(Strategy::best(14, 1), Strategy::Only);
        assert_eq!(Strategy::best(15, 1 << 20), Strategy::Wal);
        assert_eq!(Strategy::best(17, 1 << 30), Strategy::Files);
        assert_eq!(Strategy::best(18, 1 << 30), Strategy::SharedFiles);
    }
}

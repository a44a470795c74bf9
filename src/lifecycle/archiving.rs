//! Archiving an instance's WAL: begun with a restart and proved by a segment that arrives, ended with another restart.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::context::Ctx;
use crate::engine::archiving::PGBACKREST;
use crate::engine::folder::own_dir;
use crate::engine::{Engine, Halt};
use crate::error::Error;
use crate::files::make_dir;
use crate::instances::record::Record;
use crate::instances::store::Held;
use crate::lifecycle::boot::{self, Proof};
use crate::lifecycle::{halt, session};
use crate::pg::admin::{identifier, values};
use crate::pg::connect::Session;
use crate::pg::identifier::literal;
use crate::settings::UNSAFE;
use crate::wait::{Late, Look, until};

/// How long a server may take to end and to answer again.
const RESTART_LIMIT: Duration = Duration::from_secs(120);
/// How long the first segment may take to arrive.
const PROOF_LIMIT: Duration = Duration::from_secs(60);
/// Between two looks whether a segment has arrived.
const PAUSE: Duration = Duration::from_millis(50);

/// What is done where the server is asked.
const ASKING: &str = "asking how WAL is archived";

/// Whether a server archives its WAL as its record says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Archiving {
    /// It does.
    On,
    /// It does not, until it is started anew.
    Off,
}

/// Whether the instance's server archives. One that archives to somewhere else, or cannot at all, is refused.
pub async fn look(ctx: &Ctx, record: &Record) -> Result<Archiving, Error> {
    let session = session::administer(ctx, record, None).await?;
    let facts = "SELECT unnest(ARRAY[current_setting('archive_mode'), current_setting('archive_command'), \
                 coalesce(current_setting('archive_library', true), ''), current_setting('wal_level'), \
                 pg_is_in_recovery()::text])";
    let facts = values(&session, ASKING, facts).await?;
    let [mode, command, library, level, recovering] = facts.as_slice() else { return Ok(Archiving::Off) };
    let refused = |why: String, advice: &str| {
        Err(Error::NotArchived { name: record.name.to_string(), why, advice: advice.to_owned() })
    };
    if recovering == "true" {
        return refused("it is a standby".to_owned(), "archive the WAL of the server that it follows");
    }
    if level == "minimal" {
        let advice = "set wal_level to `replica` in its configuration and restart it";
        return refused("its wal_level is `minimal`".to_owned(), advice);
    }
    match (mode.as_str(), &record.archive) {
        ("off", _) => Ok(Archiving::Off),
        (_, Some(_)) => Ok(Archiving::On),
        (_, None) if command.is_empty() && library.is_empty() => Ok(Archiving::Off),
        (_, None) => refused(
            format!("it is archived by `{}` already", if library.is_empty() { command } else { library }),
            "take archive_mode out of its configuration and restart it",
        ),
    }
}

/// Who keeps an archive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Keeper {
    /// The server itself, by a command of its shell
    #[default]
    Postgres,
    /// `pgbackrest`, where it is installed; not for containers
    Pgbackrest,
}

impl Keeper {
    /// Who keeps the archive in a folder.
    pub fn of(archive: &Path) -> Self {
        if archive.join(PGBACKREST).exists() { Self::Pgbackrest } else { Self::Postgres }
    }
}

/// Makes the folder for the WAL of an instance, which its server writes to.
pub async fn place(ctx: &Ctx, record: &Record, keeper: Keeper) -> Result<PathBuf, Error> {
    let session = session::administer(ctx, record, None).await?;
    let unknown = || Error::Refused {
        doing: format!("looking for the place of the WAL of `{}`", record.name),
        why: "its server does not say its system identifier".to_owned(),
        advice: None,
    };
    let identifier = identifier(&session).await.ok_or_else(unknown)?;
    let owner = ctx.engine.owners(&ctx.site(record)).await?.data;
    let root = ctx.wal_dir(record.name.as_str(), |it| owner.reaches(it));
    let dir = match keeper {
        Keeper::Postgres => root.join(identifier.to_string()),
        Keeper::Pgbackrest => root.join(format!("{identifier}-pgbackrest")),
    };
    if dir.to_string_lossy().contains(UNSAFE) {
        return Err(Error::NotArchived {
            name: record.name.to_string(),
            why: format!("{} holds a quote, `$`, `\\` or line break", dir.display()),
            advice: "POSTGRES_WAL_DIR names another folder".to_owned(),
        });
    }
    make_dir(&root, 0o700)?;
    for dir in [&root, &dir] {
        own_dir(dir, &owner)?;
    }
    if keeper == Keeper::Pgbackrest {
        ctx.engine.keep_by_pgbackrest(&ctx.site(record), &dir, &record.user).await?;
    }
    Ok(dir)
}

/// Begins to archive, or ends it, by a restart. If the server does not come up so, it comes up as it was.
pub async fn switch(ctx: &Ctx, held: &Held, record: &mut Record, to: Option<&Path>) -> Result<(), Error> {
    let before = std::mem::replace(&mut record.archive, to.map(Path::to_owned));
    let switched = match restart(ctx, held, record).await {
        Ok(()) if to.is_some() => flush(ctx, record, PROOF_LIMIT).await,
        restarted => restarted,
    };
    if switched.is_err() {
        record.archive = before;
        if let Err(also) = restart(ctx, held, record).await {
            ctx.out.note(&format!("starting `{}` again: {}", record.name, also.line()));
        }
    }
    switched
}

async fn restart(ctx: &Ctx, held: &Held, record: &mut Record) -> Result<(), Error> {
    ctx.store.put(held, record)?;
    ctx.step("archiving-recorded");
    ctx.engine.check(&ctx.site(record)).await?;
    halt(ctx, &ctx.site(record), Halt::Fast, RESTART_LIMIT).await?;
    ctx.step("archiving-stopped");
    let up = boot::boot(ctx, held, record, Proof::Query, RESTART_LIMIT).await;
    up.map_err(|not_up| not_up.into_error(record, RESTART_LIMIT))
}

/// Lets a server archive all that was committed up to now, and waits until that has arrived.
pub async fn flush(ctx: &Ctx, record: &Record, limit: Duration) -> Result<(), Error> {
    let session = session::administer(ctx, record, None).await?;
    // The commit behind all others, without which a server that replays would not know that it has come to a moment. It is
    // over before the segment ends: else it would be in the next.
    let sql = "BEGIN; SELECT clock_timestamp(); SELECT pg_catalog.pg_current_xact_id(); COMMIT; \
               SELECT pg_catalog.pg_walfile_name(pg_catalog.pg_switch_wal())";
    let told = values(&session, "ending a segment of WAL", sql).await?;
    let [begun, .., segment] = told.as_slice() else { return Ok(()) };
    ctx.waiting.on(format!("segment {segment} of WAL to be archived"));
    let arrived = until(limit, PAUSE, async || match look_for(&session, segment, begun).await {
        Ok(Arrival::Archived) => Look::Ready(()),
        Ok(Arrival::Awaited) => Look::NotYet(format!("segment {segment} has not arrived yet")),
        Ok(Arrival::Failed(why)) => Look::Never(unarchived(record, why)),
        Err(err) => Look::Never(err),
    });
    arrived.await.map_err(|late| match late {
        Late::Never(err) => err,
        Late::TimedOut { last, .. } => unarchived(record, last),
    })
}

fn unarchived(record: &Record, why: String) -> Error {
    let advice = format!("`resource-postgres logs {}` tells what its server says", record.name);
    Error::NotArchived { name: record.name.to_string(), why, advice }
}

/// Refuses an archive that gets nothing any more: its server keeps all WAL until the disk is full.
pub async fn refuse_stuck(ctx: &Ctx, record: &Record) -> Result<(), Error> {
    if record.archive.is_none() {
        return Ok(());
    }
    let session = session::administer(ctx, record, None).await?;
    match failure(&session, "-infinity").await? {
        Some(why) => Err(unarchived(record, why)),
        None => Ok(()),
    }
}

/// Whether a segment has arrived in its archive.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Arrival {
    Archived,
    Awaited,
    Failed(String),
}

/// Asks the server, since a file of that name may be another's.
async fn look_for(session: &Session, segment: &str, begun: &str) -> Result<Arrival, Error> {
    let sql = format!(
        "SELECT 1 FROM pg_catalog.pg_stat_archiver \
         WHERE last_archived_wal ~ '^[0-9A-F]{{24}}' AND last_archived_wal >= {}",
        literal(segment)
    );
    if !values(session, ASKING, &sql).await?.is_empty() {
        return Ok(Arrival::Archived);
    }
    Ok(failure(session, begun).await?.map_or(Arrival::Awaited, Arrival::Failed))
}

/// What a server could not archive after a moment, if it has archived nothing since.
async fn failure(session: &Session, after: &str) -> Result<Option<String>, Error> {
    let sql = format!(
        "SELECT format('segment %s could not be archived at %s', last_failed_wal, last_failed_time::timestamptz(0)) \
         FROM pg_catalog.pg_stat_archiver \
         WHERE last_failed_time > greatest(coalesce(last_archived_time, '-infinity'), {})",
        literal(after)
    );
    Ok(values(session, ASKING, &sql).await?.into_iter().next())
}

//! Restoring: a backup's databases come into a new instance, or beside those that are there, whose place they take when
//! they are whole.

use std::fs;
use std::io;

use crate::backups::folder::Backup;
use crate::backups::metadata::{Database, Kind, Metadata};
use crate::context::Ctx;
use crate::engine::Engine;
use crate::engine::tool::{Access, Tool};
use crate::error::{Error, IoContext};
use crate::files::free_bytes;
use crate::instances::name::Name;
use crate::instances::record::{Creation, Record};
use crate::instances::store::Held;
use crate::lifecycle::backup::GLOBALS;
use crate::lifecycle::create::{Leave, Made, Wanted, create_held, of_nothing};
use crate::lifecycle::vacant::{discard, vacant};
use crate::lifecycle::{login, need, revive, session, target, upstreams};
use crate::pg::admin::{execute, quietly, refused, said};
use crate::pg::connect::Session;
use crate::pg::databases::{self, defined};
use crate::pg::globals::{About, statements};
use crate::pg::identifier::{Identifier, literal};
use crate::pg::query::rows;
use crate::progress::shown;
use crate::rules::copied;
use crate::wait::aside;

/// How the name of a database begins that is being restored, and of one whose place was taken.
const RESTORING: &str = "restoring-";
const REPLACED: &str = "replaced-";
/// What the session is called that gives databases their names.
const SESSION: &str = "resource-postgres restore";
/// What an instance is recorded as a copy of, which is being made from a backup.
pub const OF_BACKUP: &str = "backup:";
/// The definition of a database of which nothing is known.
const PLAIN: &str = "CREATE DATABASE {database} TEMPLATE template0";
/// What a server adds to its WAL at once, unless it was made otherwise.
const SEGMENT_BYTES: u64 = 16 << 20;
/// How often it is tried to end all sessions in a database before its place is taken.
const TRIES: usize = 20;
/// SQLSTATE of a role that is there already.
const DUPLICATE_OBJECT: &str = "42710";

/// Refuses a backup that is damaged, before anything is touched.
pub async fn sound(ctx: &Ctx, backup: &Backup) -> Result<Metadata, Error> {
    let metadata = backup.known()?;
    let is_whole =
        metadata.status == "completed" || (metadata.is_upstreams() && metadata.status == upstreams::WHOLE);
    if !is_whole {
        return Err(backup.damaged(&format!("its status is `{}`", metadata.status)));
    }
    if metadata.is_upstreams() {
        return upstreams::completed(backup, metadata, ctx.settings.database.for_creation()?);
    }
    ctx.waiting.on("the backup's files to be compared with their checksums");
    let compared = backup.clone();
    match aside(move || compared.compare()).await? {
        None => Ok(metadata.clone()),
        Some(why) => Err(backup.damaged(&why)),
    }
}

/// The same where it takes the place of something: of the instance's own database, or of the one that is named, where the
/// backup does not say which database it is of.
pub async fn sound_for(
    ctx: &Ctx,
    backup: &Backup,
    instance: &Name,
    only: Option<&Identifier>,
) -> Result<Metadata, Error> {
    let mut metadata = sound(ctx, backup).await?;
    if let (true, [database]) = (metadata.is_upstreams(), metadata.databases.as_mut_slice()) {
        let own = need(ctx, instance)?.database;
        ctx.settings.database.choose(only.map(Identifier::as_str), &own)?.clone_into(&mut database.name);
    }
    Ok(metadata)
}

/// Refuses a server that is older than the backup.
fn fits(metadata: &Metadata, version: Option<u32>) -> Result<(), Error> {
    let (made, here) = (metadata.major(), version.unwrap_or(u32::MAX));
    if made <= here {
        return Ok(());
    }
    Err(Error::BackupUnfit {
        name: metadata.backup_name.clone(),
        why: format!("PostgreSQL {made} made it, and here is {here}"),
        advice: format!("restore it with PostgreSQL {made} or later (POSTGRES_BIN_DIR, POSTGRES_IMAGE)"),
    })
}

/// Restores a backup into an instance that there is not yet. Until everything is in it, it counts as unfinished: nobody can
/// use it, and if this is interrupted, the next that wants the name makes it anew.
pub async fn into_new(ctx: &Ctx, backup: &Backup, name: &Name, jobs: u32) -> Result<Record, Error> {
    let metadata = sound(ctx, backup).await?;
    if metadata.kind == Kind::Data {
        return Err(metadata.rows_alone());
    }
    let held = vacant(ctx, name, refuse_used).await?;
    let record = new(ctx, &held, name, (backup, &metadata), jobs).await?;
    finish(ctx, &held, record)
}

/// Everything is in an instance: from here on anybody may use it.
pub fn finish(ctx: &Ctx, held: &Held, mut record: Record) -> Result<Record, Error> {
    record.creation = Creation::Finished;
    record.clone_of = None;
    ctx.store.put(held, &record)?;
    Ok(record)
}

/// Refuses an instance that was handed to somebody. What an interrupted restore or creation left was not.
pub fn refuse_used(record: &Record) -> Result<(), Error> {
    match record.creation {
        Creation::Unfinished | Creation::Cloning => Ok(()),
        Creation::Finished | Creation::Unproved => {
            Err(Error::Usage(format!("there is an instance `{}` already", record.name)))
        }
    }
}

/// Refuses a backup that can never take the place of what is there.
pub fn refuse_unfit(metadata: &Metadata) -> Result<(), Error> {
    match metadata.kind {
        Kind::Data => Err(metadata.rows_alone()),
        Kind::Physical => Err(unfit_in_place(metadata)),
        Kind::Full | Kind::Schema => Ok(()),
    }
}

/// Files of a server cannot take the place of single databases.
fn unfit_in_place(metadata: &Metadata) -> Error {
    Error::BackupUnfit {
        name: metadata.backup_name.clone(),
        why: "it is a whole instance".to_owned(),
        advice: "`--into NEW` makes it one beside those that there are".to_owned(),
    }
}

/// A new instance with everything in it, recorded as unfinished. Whoever holds it goes on with it, or removes it.
pub async fn new(
    ctx: &Ctx,
    held: &Held,
    name: &Name,
    (backup, metadata): (&Backup, &Metadata),
    jobs: u32,
) -> Result<Record, Error> {
    let of = format!("{OF_BACKUP}{}/{}", backup.instance, backup.name);
    if metadata.kind == Kind::Physical {
        return revive::new(ctx, held, name, (backup, metadata), (of, None)).await;
    }
    let template = metadata.instance_config.get("template").and_then(|it| it.as_str()).map(str::to_owned);
    let template = template.filter(|it| ctx.templates.text(it).is_ok());
    let wanted = Wanted { name: name.clone(), template, port: None };
    let record = match create_held(ctx, held, &wanted, Leave::Unhanded).await? {
        Made::New(record) => record,
        Made::Existing(record) | Made::Restored(record) => {
            return Err(Error::Usage(format!("there is an instance `{}` already", record.name)));
        }
    };
    let record = begin(ctx, held, record, of)?;
    ctx.step("restore-created");
    let filled = fill(ctx, &record, backup, metadata, jobs).await.map(|()| record.clone());
    or_discard(ctx, held, &record, filled).await
}

/// Leaves nothing of an instance that could not be made whole.
pub async fn or_discard(
    ctx: &Ctx,
    held: &Held,
    record: &Record,
    made: Result<Record, Error>,
) -> Result<Record, Error> {
    let err = match made {
        Ok(record) => return Ok(record),
        Err(err) => with_full_disk(record, err),
    };
    if let Err(also) = discard(ctx, held, record).await {
        ctx.out.note(&format!("clearing up after `{}`: {}", record.name, also.line()));
    }
    Err(of_nothing(&record.name, err))
}

/// The error of a restore, with the reason that a server often does not tell its clients: it needs room for a segment of
/// WAL, ends all sessions where there is none, and writes only in its log why.
fn with_full_disk(record: &Record, err: Error) -> Error {
    let said = err.line();
    match free_bytes(&record.dir) {
        Ok(free) if free < SEGMENT_BYTES && !said.contains("No space left") => {
            let why = format!("No space left on device: {} MiB are free ({said})", free >> 20);
            let source = io::Error::new(io::ErrorKind::StorageFull, why);
            Error::Io { doing: "restoring into".to_owned(), path: record.dir.clone(), source }
        }
        Ok(_) | Err(_) => err,
    }
}

/// From here on the instance is no empty one that was not finished, but the beginning of this backup's.
fn begin(ctx: &Ctx, held: &Held, mut record: Record, of: String) -> Result<Record, Error> {
    record.creation = Creation::Cloning;
    record.clone_of = Some(of);
    ctx.store.put(held, &record)?;
    Ok(record)
}

async fn fill(
    ctx: &Ctx,
    record: &Record,
    backup: &Backup,
    metadata: &Metadata,
    jobs: u32,
) -> Result<(), Error> {
    fits(metadata, record.version)?;
    let session = session::open_unasked(record, &target(record, ctx.settings.maintenance_db.get()?)).await?;
    globals(ctx, &session, backup, Vec::new()).await?;
    ctx.step("restore-roles");
    for database in &metadata.databases {
        let name = identifier(&database.name)?;
        // One that is as it was made is in the way.
        if name.as_str() != *ctx.settings.maintenance_db.get()? {
            let definition = definition(&session, database).await?;
            databases::drop(&session, &name).await?;
            define(&session, &definition, &name).await?;
        }
        load(ctx, record, (backup, database), &name, jobs).await?;
        ctx.step("restore-database");
    }
    Ok(())
}

pub(super) fn identifier(name: &str) -> Result<Identifier, Error> {
    name.parse().map_err(Error::Usage)
}

/// Makes the roles that there are not, with all that the backup says of them. Those that there are, the instance's own user
/// among them, stay as they are, but for those that count as `made` here.
pub(super) async fn globals(
    ctx: &Ctx,
    session: &Session,
    backup: &Backup,
    mut made: Vec<String>,
) -> Result<(), Error> {
    let file = backup.dir.join(GLOBALS);
    if !file.exists() {
        return Ok(());
    }
    ctx.waiting.on("the roles to be made");
    let text = fs::read_to_string(&file).doing("reading", &file)?;
    quietly(session).await?;
    for statement in statements(&text) {
        let about = About::of(&statement);
        if !about.is_wanted(&made) {
            continue;
        }
        match (rows(session, &statement).await, about) {
            (Ok(_), About::New(role)) => made.push(role.to_owned()),
            (Ok(_), About::Role(_) | About::Membership(_) | About::Other) => {}
            (Err(failure), About::New(_))
                if said(&failure).is_some_and(|it| it.code() == DUPLICATE_OBJECT) => {}
            (Err(failure), _) => return Err(refused("making the roles", failure)),
        }
    }
    Ok(())
}

/// How a database is made. Where the backup does not say it, as the one that is there was, or as the server makes them.
async fn definition(session: &Session, database: &Database) -> Result<Vec<String>, Error> {
    if !database.definition.is_empty() {
        return Ok(database.definition.clone());
    }
    let there = databases::definition(session, &database.name).await?;
    Ok(if there.is_empty() { vec![PLAIN.to_owned()] } else { there })
}

/// Makes an empty database with the locale, owner, settings and privileges that it had.
pub(super) async fn define(session: &Session, definition: &[String], name: &Identifier) -> Result<(), Error> {
    let doing = format!("making database `{name}`");
    for statement in definition {
        execute(session, &doing, &defined(statement, name)).await?;
    }
    Ok(())
}

/// Fills a database from the backup. The first error ends it.
pub(super) async fn load(
    ctx: &Ctx,
    record: &Record,
    (backup, database): (&Backup, &Database),
    name: &Identifier,
    jobs: u32,
) -> Result<(), Error> {
    let work = async {
        match backup.known()?.is_upstreams() {
            true => upstreams::load(ctx, record, (backup, database), name.as_str()).await,
            false => load_archive(ctx, record, (backup, database), name, jobs).await,
        }
    };
    shown(ctx.out, work, |elapsed| copied::filled(&database.name, database.bytes, elapsed)).await
}

/// The same from its folder in a backup of ours.
async fn load_archive(
    ctx: &Ctx,
    record: &Record,
    (backup, database): (&Backup, &Database),
    name: &Identifier,
    jobs: u32,
) -> Result<(), Error> {
    ctx.waiting.on(format!("pg_restore to fill database `{}`", database.name));
    let folder = backup.dir.join(&database.folder);
    let arguments =
        vec![format!("--jobs={jobs}"), "--exit-on-error".to_owned(), folder.display().to_string()];
    let tool = Tool {
        program: "pg_restore",
        arguments,
        login: Some(login(record, name.as_str())),
        folder: &backup.dir,
        access: Access::Reads,
    };
    ctx.engine.run(&ctx.site(record), &tool).await.map(drop)
}

/// What of an instance makes way for a backup.
#[derive(Clone, Copy, Debug)]
pub struct Replaced<'a> {
    /// The instance.
    pub instance: &'a Name,
    /// Only this database; all that the backup has if there is none.
    pub only: Option<&'a Identifier>,
    /// Databases that go with them, and nothing comes for.
    pub gone: &'a [Identifier],
}

/// Restores databases of a [`sound`] backup beside those that there are, and lets them take their places when all are whole. Whatever fails before
/// that leaves everything as it was.
pub async fn in_place(
    ctx: &Ctx,
    (backup, metadata): (&Backup, &Metadata),
    replaced: &Replaced<'_>,
    jobs: u32,
) -> Result<Vec<String>, Error> {
    refuse_unfit(metadata)?;
    let wanted = chosen(metadata, replaced.only)?;
    // Nobody stops, starts or removes it meanwhile.
    let _held = ctx.store.hold(replaced.instance, &ctx.command, &ctx.waiting).await?;
    let record = need(ctx, replaced.instance)?;
    fits(metadata, record.version)?;
    let session = session::administer(ctx, &record, None).await?;
    let prepare = format!("SET statement_timeout = 0; SET application_name = {}", literal(SESSION));
    execute(&session, "preparing to restore", &prepare).await?;
    ctx.engine.sweep(&ctx.site(&record)).await?;
    sweep(&session).await?;
    globals(ctx, &session, backup, Vec::new()).await?;
    let restored = beside(ctx, &record, &session, (backup, &wanted), jobs).await;
    let exchanged = match restored {
        Ok(pairs) => exchange(ctx, &session, &pairs, replaced.gone).await.map(|()| pairs),
        Err(err) => Err(with_full_disk(&record, err)),
    };
    // What was replaced, or what came to nothing.
    let swept = sweep(&session).await;
    let pairs = exchanged?;
    swept?;
    Ok(pairs.into_iter().map(|(name, _)| name.to_string()).collect())
}

/// The databases of a backup that are to be restored into an instance that has its own.
fn chosen<'a>(metadata: &'a Metadata, only: Option<&Identifier>) -> Result<Vec<&'a Database>, Error> {
    let is_wanted = |it: &&Database| match only {
        Some(name) => it.name == name.as_str(),
        None => it.name != "postgres",
    };
    let chosen: Vec<&Database> = metadata.databases.iter().filter(is_wanted).collect();
    match (chosen.is_empty(), only) {
        (false, _) => Ok(chosen),
        (true, name) => Err(Error::BackupUnfit {
            name: metadata.backup_name.clone(),
            why: match name {
                Some(name) => format!("it has no database `{name}`"),
                None => "it has no database but `postgres`".to_owned(),
            },
            advice: format!(
                "it has: {}",
                metadata.databases.iter().map(|it| it.name.as_str()).collect::<Vec<_>>().join(", ")
            ),
        }),
    }
}

/// A name for a database for as long as it has not its own.
fn beside_name(prefix: &str, at: usize) -> Result<Identifier, Error> {
    identifier(&format!("{prefix}{}-{at}", std::process::id()))
}

async fn beside(
    ctx: &Ctx,
    record: &Record,
    session: &Session,
    (backup, wanted): (&Backup, &[&Database]),
    jobs: u32,
) -> Result<Vec<(Identifier, Identifier)>, Error> {
    let mut pairs = Vec::new();
    for (at, database) in wanted.iter().enumerate() {
        let (name, new) = (identifier(&database.name)?, beside_name(RESTORING, at)?);
        define(session, &definition(session, database).await?, &new).await?;
        ctx.step("restore-defined");
        load(ctx, record, (backup, database), &new, jobs).await?;
        ctx.step("restore-beside");
        pairs.push((name, new));
    }
    Ok(pairs)
}

/// Gives all that were restored their names, and takes them from those that go, in one transaction. Sessions in the old
/// ones are ended; one that comes in between makes it fail, and it is tried again.
async fn exchange(
    ctx: &Ctx,
    session: &Session,
    pairs: &[(Identifier, Identifier)],
    gone: &[Identifier],
) -> Result<(), Error> {
    let sql = renaming(session, pairs, gone).await?;
    let old = pairs.iter().map(|(name, _)| name).chain(gone);
    let names = old.map(Identifier::literal).collect::<Vec<_>>().join(", ");
    let end = format!(
        "SELECT pg_catalog.pg_terminate_backend(pid, 5000) FROM pg_catalog.pg_stat_activity WHERE datname IN ({names}) \
         AND pid <> pg_catalog.pg_backend_pid()"
    );
    let mut tries = TRIES;
    loop {
        ctx.waiting.on("the sessions in the databases to end");
        execute(session, "ending the sessions in the databases", &end).await?;
        match rows(session, &sql).await {
            Ok(_) => break,
            Err(failure) => {
                tries -= 1;
                let in_use = said(&failure).is_some_and(|it| it.code() == "55006");
                let _ = rows(session, "ROLLBACK").await;
                if !in_use || tries == 0 {
                    return Err(refused("giving the restored databases their names", failure));
                }
            }
        }
    }
    ctx.step("restore-exchanged");
    Ok(())
}

/// The transaction. A name is free before another gets it.
async fn renaming(
    session: &Session,
    pairs: &[(Identifier, Identifier)],
    gone: &[Identifier],
) -> Result<String, Error> {
    let mut sql = String::from("BEGIN;");
    for (at, name) in pairs.iter().map(|(name, _)| name).chain(gone).enumerate() {
        if databases::exists(session, name).await? {
            sql += &renamed(name, &beside_name(REPLACED, at)?);
        }
    }
    for (name, new) in pairs {
        sql += &renamed(new, name);
    }
    Ok(sql + "COMMIT")
}

fn renamed(from: &Identifier, to: &Identifier) -> String {
    format!("ALTER DATABASE {} RENAME TO {};", from.quoted(), to.quoted())
}

/// Whether a database has its name for as long as a restore takes.
pub fn is_passing(name: &str) -> bool {
    let is_number = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
    let rest = [RESTORING, REPLACED].iter().find_map(|it| name.strip_prefix(it));
    rest.and_then(|it| it.split_once('-')).is_some_and(|(process, at)| is_number(process) && is_number(at))
}

/// Drops what interrupted restores have left, whether it had come to its place or not. Only for whoever holds the instance.
async fn sweep(session: &Session) -> Result<(), Error> {
    // Whoever was interrupted while it waited for a lock waits on, and keeps what it has locked already.
    let end = format!(
        "SELECT pg_catalog.pg_terminate_backend(pid, 5000) FROM pg_catalog.pg_stat_activity WHERE application_name = {} \
         AND pid <> pg_catalog.pg_backend_pid()",
        literal(SESSION)
    );
    execute(session, "ending interrupted restores", &end).await?;
    for name in databases::names(session).await?.into_iter().filter(|it| is_passing(it)) {
        databases::drop(session, &identifier(&name)?).await?;
    }
    Ok(())
}

/// Takes away what an interrupted restore has left in an instance.
pub async fn tidy(ctx: &Ctx, instance: &Name) -> Result<(), Error> {
    let _held = ctx.store.hold(instance, &ctx.command, &ctx.waiting).await?;
    let record = need(ctx, instance)?;
    ctx.engine.sweep(&ctx.site(&record)).await?;
    sweep(&session::administer(ctx, &record, None).await?).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_users_database_is_not_taken_for_one_that_passes() {
        for (name, passes) in [
            ("restoring-12-0", true),
            ("replaced-1-23", true),
            ("restoring-12", false),
            ("replaced-1-x", false),
            ("restoring--1", false),
            ("my-restoring-1-1", false),
        ] {
            assert_eq!(is_passing(name), passes, "{name}");
        }
    }
}

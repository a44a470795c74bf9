//! Upgrading by a dump: databases are written by the programs of the new version while the old server runs, read into the
//! new one, and compared.

use std::fs;

use crate::backups::folder::Backup;
use crate::backups::metadata::{Compression, Database, Kind, Metadata};
use crate::backups::name::BackupName;
use crate::context::Ctx;
use crate::engine::twin::Twin;
use crate::error::{Error, IoContext};
use crate::files::make_dir;
use crate::instances::record::{Desired, Record};
use crate::instances::store::Held;
use crate::lifecycle::backup::{self, about, logical};
use crate::lifecycle::drill::changed;
use crate::lifecycle::restore::{define, globals, identifier, load};
use crate::lifecycle::session::{self, open_unasked};
use crate::lifecycle::upgrade::{Upgrade, begin, raise, refuse_unreadable, serve, settle};
use crate::lifecycle::{need, target};
use crate::pg::admin::values;
use crate::pg::databases::{self, Part};

/// The folder among the successor's in which the dump is, for as long as it is needed.
const DUMP: &str = "dump";
/// Two databases that are there wherever initdb was: each is made anew from the other.
const BASES: (&str, &str) = ("template1", "postgres");
/// A dump is not compressed, and may so take as much space as the databases do.
const TIMES: u64 = 2;

/// Makes the successor and fills it.
pub(super) async fn fill(
    ctx: &Ctx,
    held: &Held,
    upgrade: &Upgrade,
    record: &mut Record,
) -> Result<Twin, Error> {
    let twin = begin(ctx, upgrade, record, Vec::new()).await?;
    raise(ctx, held, record).await?;
    let served = serve(ctx, upgrade).await?;
    transfer(ctx, upgrade, record).await?;
    if let Some(held) = served {
        settle(ctx, &held, &upgrade.old.name, Desired::Stopped).await?;
        ctx.step("upgrade-settled");
    }
    Ok(twin)
}

/// Writes what the old server has, and reads it into the new one.
async fn transfer(ctx: &Ctx, upgrade: &Upgrade, record: &Record) -> Result<(), Error> {
    // Its port may have been moved when it was started.
    let old = need(ctx, &upgrade.old.name)?;
    let session = session::administer(ctx, &old, None).await?;
    refuse_unreadable(ctx, upgrade, &session, TIMES).await?;
    let templates = databases::templates(&session).await?;
    let wanted = wanted(upgrade, databases::names(&session).await?.iter().chain(&templates))?;
    let (reading, old) = by_new_programs(ctx, upgrade, (old, record));
    let mut metadata = about(&reading, &old, &wanted).await?;
    let dump = record.dir.join(DUMP);
    make_dir(&dump, 0o700)?;
    logical(&reading, &old, &wanted, &dump, &mut metadata).await?;
    ctx.step("upgrade-dumped");
    let backup = Backup {
        instance: old.name.to_string(),
        name: wanted.name.clone(),
        dir: dump.clone(),
        metadata: Ok(metadata.clone()),
    };
    let own = values(&session, "asking who we are", "SELECT pg_catalog.quote_ident(current_user)").await?;
    let of_new = open_unasked(record, &target(record, ctx.settings.maintenance_db.get()?)).await?;
    globals(ctx, &of_new, &backup, own).await?;
    drop(of_new);
    ctx.step("upgrade-roles");
    for database in &metadata.databases {
        let part = if templates.contains(&database.name) { Part::Template } else { Part::Plain };
        restore(ctx, record, (&backup, database), part, wanted.jobs).await?;
        ctx.step("upgrade-database");
    }
    compare(ctx, upgrade, record, &metadata).await?;
    fs::remove_dir_all(&dump).doing("deleting", &dump)
}

fn wanted<'a>(upgrade: &Upgrade, names: impl Iterator<Item = &'a String>) -> Result<backup::Wanted, Error> {
    let name: BackupName = DUMP.parse().map_err(Error::Usage)?;
    Ok(backup::Wanted {
        name,
        kind: Kind::Full,
        databases: names.map(|it| identifier(it)).collect::<Result<_, _>>()?,
        jobs: upgrade.wanted.jobs,
        compression: Compression::None,
        role_passwords: true,
    })
}

/// The old instance as the programs of the new version read it. Those of the old one know nothing of what has changed: its
/// `pg_dumpall` writes who granted a role to whom in a way that a server takes no longer from 16 on.
fn by_new_programs(ctx: &Ctx, upgrade: &Upgrade, (mut old, record): (Record, &Record)) -> (Ctx, Record) {
    let mut ctx = ctx.clone();
    ctx.engine.native.clients = Some(upgrade.wanted.to);
    old.container = record.container.clone();
    (ctx, old)
}

/// Makes a database anew as the old one is, in the place of what initdb has made, and fills it.
async fn restore(
    ctx: &Ctx,
    record: &Record,
    (backup, database): (&Backup, &Database),
    part: Part,
    jobs: u32,
) -> Result<(), Error> {
    let name = identifier(&database.name)?;
    let beside = if name.as_str() == BASES.0 { BASES.1 } else { BASES.0 };
    let session = open_unasked(record, &target(record, beside)).await?;
    if databases::exists(&session, &name).await? {
        databases::mark(&session, &name, Part::Plain).await?;
        databases::drop(&session, &name).await?;
    }
    define(&session, &database.definition, &name).await?;
    load(ctx, record, (backup, database), &name, jobs).await?;
    databases::mark(&session, &name, part).await
}

/// Refuses a successor of which a table differs from what it is a copy of.
async fn compare(ctx: &Ctx, upgrade: &Upgrade, record: &Record, metadata: &Metadata) -> Result<(), Error> {
    for database in &metadata.databases {
        ctx.waiting.on(format!("database `{}` to be compared", database.name));
        let session = open_unasked(record, &target(record, &database.name)).await?;
        if let Some(wrong) = changed(&session, database).await? {
            let why = format!("what came out is not what went in: database `{}`: {wrong}", database.name);
            return Err(
                upgrade.refused(why, "it is as it was; `--method pg_upgrade` copies its files instead")
            );
        }
    }
    ctx.step("upgrade-compared");
    Ok(())
}

//! Backing up an instance: into a folder that becomes a backup when everything is in it, and not before.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use serde_json::Value;

use crate::backups::folder::bytes_below;
use crate::backups::metadata::{Compression, Database, FORMAT, Kind, Metadata, Table};
use crate::backups::name::BackupName;
use crate::context::Ctx;
use crate::engine::tool::{Access, Tool};
use crate::engine::{Engine, Site};
use crate::error::Error;
use crate::files::make_dir;
use crate::instances::record::Record;
use crate::lifecycle::{login, physical, session, target, unless_interrupted};
use crate::moment;
use crate::pg::admin::values;
use crate::pg::databases;
use crate::pg::fingerprint::{Fingerprint, fingerprints, snapshot};
use crate::pg::identifier::Identifier;
use crate::progress::shown;
use crate::rules::copied;

/// The file with roles and tablespaces.
pub const GLOBALS: &str = "globals.sql";
/// The first version whose pg_dump knows zstd.
const ZSTD_SINCE: u32 = 160_000;

/// What a pg_dump says that was built without zstd.
const WITHOUT: &str = "does not support compression with";

/// What is to be backed up, and how.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The backup's name.
    pub name: BackupName,
    /// What is to be in it.
    pub kind: Kind,
    /// Only these databases; all if there are none.
    pub databases: Vec<Identifier>,
    /// How many tables are written at once.
    pub jobs: u32,
    /// How files are compressed.
    pub compression: Compression,
    /// Whether roles keep their passwords.
    pub role_passwords: bool,
}

/// Backs up an instance whose server runs. A signal ends it, with nothing of it left.
pub async fn back_up_unless_interrupted(
    ctx: &Ctx,
    record: &Record,
    wanted: &Wanted,
) -> Result<Metadata, Error> {
    let made = unless_interrupted(ctx, back_up(ctx, record, wanted)).await;
    if let Err(Error::Ended { .. }) = &made {
        // A program in a container of its own goes on otherwise.
        ctx.engine.sweep(&ctx.site(record)).await?;
    }
    made
}

/// The same for whoever heeds signals himself.
pub async fn back_up(ctx: &Ctx, record: &Record, wanted: &Wanted) -> Result<Metadata, Error> {
    let begun = Instant::now();
    // Before anything is made: it says best why an instance cannot be backed up.
    let mut metadata = about(ctx, record, wanted).await?;
    ctx.engine.sweep(&ctx.site(record)).await?;
    let making = ctx.backups.begin(record.name.as_str(), &wanted.name)?;
    ctx.step("backup-begun");
    match wanted.kind {
        Kind::Physical => physical::write(ctx, record, making.dir(), &mut metadata).await?,
        Kind::Full | Kind::Schema | Kind::Data => {
            logical(ctx, record, wanted, making.dir(), &mut metadata).await?;
        }
    }
    ctx.step("backup-written");
    metadata.completed = moment::now();
    metadata.duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    ctx.waiting.on("the backup to be on the disk");
    let published = making.publish(metadata);
    ctx.step("backup-published");
    published
}

/// What is known of a backup before it is made.
pub(super) async fn about(ctx: &Ctx, record: &Record, wanted: &Wanted) -> Result<Metadata, Error> {
    let session = session::administer(ctx, record, None).await?;
    if wanted.kind == Kind::Physical {
        physical::check(&session, record).await?;
    }
    let doing = "asking the server about itself";
    let facts = "SELECT unnest(ARRAY[current_setting('server_version'), current_setting('server_version_num'), \
                 (SELECT system_identifier::text FROM pg_control_system()), \
                 CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END::text])";
    let mut facts = values(&session, doing, facts).await?.into_iter();
    let mut next = || facts.next().unwrap_or_default();
    let (version, number, identifier, lsn) = (next(), next(), next(), next());
    let names = match wanted.databases.as_slice() {
        [] => databases::names(&session).await?,
        some => {
            for it in some {
                if !databases::exists(&session, it).await? {
                    return Err(Error::Usage(format!("`{}` has no database `{it}`", record.name)));
                }
            }
            some.iter().map(ToString::to_string).collect()
        }
    };
    let mut found = Vec::new();
    for (at, name) in names.into_iter().enumerate() {
        let size = format!("SELECT pg_database_size({})", crate::pg::identifier::literal(&name));
        let bytes = values(&session, doing, &size).await?.first().and_then(|it| it.parse().ok());
        let folder = format!("databases/{:04}", at + 1);
        let definition = match wanted.kind {
            Kind::Physical => Vec::new(),
            Kind::Full | Kind::Schema | Kind::Data => databases::definition(&session, &name).await?,
        };
        let bytes = bytes.unwrap_or_default();
        found.push(Database { name, folder, bytes, definition, tables: Vec::new() });
    }
    Ok(Metadata {
        instance: record.name.to_string(),
        backup_name: wanted.name.to_string(),
        kind: wanted.kind,
        status: "completed".to_owned(),
        created: moment::now(),
        completed: String::new(),
        postgres_version: version.split(' ').next().unwrap_or_default().to_owned(),
        instance_config: config(record),
        format: FORMAT,
        server_version_num: number.parse().unwrap_or_default(),
        system_identifier: identifier,
        lsn,
        duration_ms: 0,
        bytes: 0,
        compression: wanted.compression,
        tools: Vec::new(),
        role_passwords: wanted.role_passwords,
        databases: found,
        wal: None,
        verified: None,
        files: Vec::new(),
        checksum: String::new(),
    })
}

/// How the instance is configured, as far as it is no secret.
fn config(record: &Record) -> BTreeMap<String, Value> {
    let mut config = BTreeMap::from([
        ("port".to_owned(), Value::from(record.port)),
        ("user".to_owned(), Value::from(record.user.clone())),
        ("database".to_owned(), Value::from(record.database.clone())),
        ("template".to_owned(), Value::from(record.template.clone())),
    ]);
    if let Some(engine) = record.engine {
        config.insert("engine".to_owned(), Value::from(engine.word()));
    }
    if !record.container.image.is_empty() {
        config.insert("image".to_owned(), Value::from(record.container.image.clone()));
    }
    config
}

/// Roles, and each database in a snapshot of its own, with what its tables hold in that very snapshot.
pub(super) async fn logical(
    ctx: &Ctx,
    record: &Record,
    wanted: &Wanted,
    dir: &Path,
    metadata: &mut Metadata,
) -> Result<(), Error> {
    metadata.compression = compression(wanted.compression, metadata.server_version_num);
    metadata.tools = vec![version(ctx, &ctx.site(record), dir, "pg_dump").await?];
    if wanted.kind != Kind::Data {
        roles(ctx, record, wanted, dir).await?;
    }
    ctx.step("backup-roles");
    let folder = dir.join("databases");
    make_dir(&folder, 0o700)?;
    for database in &mut metadata.databases {
        ctx.waiting.on(format!("pg_dump to write database `{}`", database.name));
        let dumped = dump(ctx, record, wanted, (dir, database), metadata.compression).await;
        database.tables = match dumped {
            Err(Error::Program { said, .. }) if said.contains(WITHOUT) => {
                metadata.compression = Compression::Gzip;
                dump(ctx, record, wanted, (dir, database), metadata.compression).await?
            }
            dumped => dumped?,
        };
        ctx.step("backup-database");
    }
    Ok(())
}

/// A program as it speaks of itself.
pub async fn version(ctx: &Ctx, site: &Site, dir: &Path, program: &'static str) -> Result<String, Error> {
    let arguments = vec!["--version".to_owned()];
    let tool = Tool { program, arguments, login: None, folder: dir, access: Access::Reads };
    Ok(ctx.engine.run(site, &tool).await?.trim().to_owned())
}

async fn roles(ctx: &Ctx, record: &Record, wanted: &Wanted, dir: &Path) -> Result<(), Error> {
    ctx.waiting.on("pg_dumpall to write the roles");
    let mut arguments = vec!["--globals-only".to_owned(), format!("--file={}", dir.join(GLOBALS).display())];
    if !wanted.role_passwords {
        arguments.push("--no-role-passwords".to_owned());
    }
    let login = login(record, ctx.settings.maintenance_db.get()?);
    let tool =
        Tool { program: "pg_dumpall", arguments, login: Some(login), folder: dir, access: Access::Writes };
    ctx.engine.run(&ctx.site(record), &tool).await.map(drop)
}

async fn dump(
    ctx: &Ctx,
    record: &Record,
    wanted: &Wanted,
    (dir, database): (&Path, &Database),
    compression: Compression,
) -> Result<Vec<Table>, Error> {
    let target = target(record, &database.name);
    let session = session::open(ctx, record, &target, Box::new(|_| ())).await?;
    let snapshot = snapshot(&session).await?;
    let folder = dir.join(&database.folder);
    let mut arguments = arguments(wanted, compression);
    arguments.extend([format!("--snapshot={snapshot}"), format!("--file={}", folder.display())]);
    let tool = Tool {
        program: "pg_dump",
        arguments,
        login: Some(login(record, &database.name)),
        folder: dir,
        access: Access::Writes,
    };
    let site = ctx.site(record);
    let read = async {
        match wanted.kind {
            Kind::Schema | Kind::Physical => Ok(Vec::new()),
            Kind::Full | Kind::Data => fingerprints(&session).await,
        }
    };
    let what = format!("database `{}`", database.name);
    let line = |elapsed| copied::dumped(&what, database.bytes, bytes_below(&folder), elapsed);
    // Side by side, and both to their ends: a program that nobody waits for would write on.
    let both = async { tokio::join!(ctx.engine.run(&site, &tool), read) };
    let (dumped, read) = shown(ctx.out, both, line).await;
    dumped?;
    Ok(read?.into_iter().map(table).collect())
}

/// What pg_dump is asked for, but for where from and where to.
fn arguments(wanted: &Wanted, compression: Compression) -> Vec<String> {
    let mut all =
        vec!["--format=directory".to_owned(), "--no-sync".to_owned(), format!("--jobs={}", wanted.jobs)];
    let compress = match compression {
        Compression::Zstd => "zstd",
        Compression::Gzip => "6",
        Compression::None => "0",
    };
    all.push(format!("--compress={compress}"));
    let what = match wanted.kind {
        Kind::Full | Kind::Physical => ["--create"].as_slice(),
        Kind::Schema => &["--create", "--schema-only"],
        Kind::Data => &["--data-only"],
    };
    all.extend(what.iter().map(|&it| it.to_owned()));
    all
}

fn table(it: Fingerprint) -> Table {
    Table { name: it.table, rows: it.rows, checksum: it.checksum }
}

fn compression(wanted: Compression, version: u32) -> Compression {
    match (wanted, version >= ZSTD_SINCE) {
        (Compression::Zstd, false) => Compression::Gzip,
        (wanted, _) => wanted,
    }
}

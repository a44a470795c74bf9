//! Writing a physical backup: the files of a whole instance, and the WAL that makes them one moment of it.

use std::fs;
use std::path::Path;

use jiff::Timestamp;

use crate::backups::folder::bytes_below;
use crate::backups::manifest;
use crate::backups::metadata::{Compression, Metadata, Wal};
use crate::context::Ctx;
use crate::engine::tool::{Access, Tool};
use crate::engine::{Engine, wal};
use crate::error::{Error, IoContext};
use crate::instances::record::Record;
use crate::lifecycle::backup::version;
use crate::lifecycle::login;
use crate::pg::admin::values;
use crate::pg::connect::Session;
use crate::progress::shown;
use crate::rules::copied;

/// The folder in a backup with the data directory.
pub const DATA: &str = "data";
/// The file in a backup with the server's configuration, where that is not among the data.
pub const CONFIGURATION: &str = "postgresql.conf";
/// The program that copies.
const PROGRAM: &str = "pg_basebackup";

/// Refuses an instance of which a part lies elsewhere: it would be written to the same place again.
pub async fn check(session: &Session, record: &Record) -> Result<(), Error> {
    let doing = "looking for tablespaces";
    let spaces = "SELECT spcname FROM pg_catalog.pg_tablespace WHERE oid NOT IN (1663, 1664)";
    match values(session, doing, spaces).await?.first() {
        None => Ok(()),
        Some(space) => Err(Error::Refused {
            doing: format!("backing up the files of `{}`", record.name),
            why: format!("it has a tablespace `{space}`"),
            advice: Some("back up its databases (`--type full`)".to_owned()),
        }),
    }
}

/// Writes everything into a backup's folder.
pub async fn write(ctx: &Ctx, record: &Record, dir: &Path, metadata: &mut Metadata) -> Result<(), Error> {
    let site = ctx.site(record);
    metadata.compression = Compression::None;
    // Roles are as they are in the server.
    metadata.role_passwords = true;
    metadata.tools = vec![version(ctx, &site, dir, PROGRAM).await?];
    ctx.waiting.on(format!("{PROGRAM} to copy the files"));
    let data = dir.join(DATA);
    let arguments = [
        "--format=plain",
        "--wal-method=stream",
        "--checkpoint=fast",
        "--manifest-checksums=SHA256",
        "--no-sync",
        &format!("--label=resource-postgres {}", metadata.backup_name),
        &format!("--pgdata={}", data.display()),
    ];
    let login = login(record, ctx.settings.maintenance_db.get()?);
    let tool = Tool {
        program: PROGRAM,
        arguments: arguments.map(str::to_owned).into(),
        login: Some(login),
        folder: dir,
        access: Access::Writes,
    };
    let about = metadata.databases.iter().map(|it| it.bytes).sum();
    let line = |elapsed| copied::dumped("all files", about, bytes_below(&data), elapsed);
    shown(ctx.out, ctx.engine.run(&site, &tool), line).await?;
    let ended = Timestamp::now();
    ctx.step("backup-copied");
    let configuration = site.config_file();
    if configuration.exists() {
        fs::copy(&configuration, dir.join(CONFIGURATION)).doing("copying", &configuration)?;
    }
    metadata.wal = Some(wal_of(record, &data, ended)?);
    Ok(())
}

fn wal_of(record: &Record, data: &Path, ended: Timestamp) -> Result<Wal, Error> {
    let range = manifest::range(data)?;
    Ok(Wal {
        timeline: range.timeline,
        start_lsn: range.start,
        end_lsn: range.end,
        ended: ended.to_string(),
        segment_bytes: wal::segment_bytes(data)?,
        archive: record.archive.clone(),
    })
}

/// What a physical backup is as far as it shows without a server, in the words of PostgreSQL's own program; nothing if
/// it is whole.
pub async fn complaint(ctx: &Ctx, record: &Record, dir: &Path) -> Result<Option<String>, Error> {
    ctx.waiting.on("pg_verifybackup to look at the files");
    let arguments = vec!["--quiet".to_owned(), dir.join(DATA).display().to_string()];
    let tool =
        Tool { program: "pg_verifybackup", arguments, login: None, folder: dir, access: Access::Reads };
    match ctx.engine.run(&ctx.site(record), &tool).await {
        Ok(_) => Ok(None),
        Err(Error::Program { said, .. }) => Ok(Some(said)),
        Err(err) => Err(err),
    }
}

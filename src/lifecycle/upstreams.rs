//! Backups of upstream's: one SQL file of one database, as `pg_dump` writes it without owners and privileges.
//!
//! They say neither which database that was nor what was in it.

use std::fs;
use std::io;

use tokio::time::Instant;

use crate::backups::folder::Backup;
use crate::backups::metadata::{Database, Kind, Metadata};
use crate::context::Ctx;
use crate::error::{Error, IoContext, absent_is_none};
use crate::instances::record::Record;
use crate::lifecycle::{session, target};
use crate::pg::render::settings::Settings;
use crate::pg::run::{Link, Passwords, Place, Runner, Scope, Screen, Shell, Variables};
use crate::pg::script::{MetaCommand, Source, meta_commands, split};
use crate::wait::NO_LIMIT;

/// Upstream's word for a backup that is whole.
pub const WHOLE: &str = "success";
/// What `pg_dump` writes last of all, from which it is known that nothing was cut off.
const END: &str = "-- PostgreSQL database dump complete";
/// Lines in which it is looked for, from the last one on.
const END_LINES: usize = 8;
/// The only meta-commands that `pg_dump` writes: they keep psql from running others.
const HARMLESS: [&str; 2] = ["restrict", "unrestrict"];

/// What is known of a backup, with the database that it is restored as.
pub fn completed(backup: &Backup, metadata: &Metadata, database: &str) -> Result<Metadata, Error> {
    let file = match metadata.kind {
        Kind::Full => "full.sql",
        Kind::Schema => "schema.sql",
        Kind::Data => return Err(metadata.rows_alone()),
        Kind::Physical => {
            return Err(backup.damaged("it says that it is physical, which upstream has none of"));
        }
    };
    let source = read(backup, file)?;
    if let Some(it) = meta_commands(&source, &split(&source)).find(|it| !HARMLESS.contains(&it.name)) {
        return Err(unfit(backup, file, &it));
    }
    if !source.text().lines().rev().take(END_LINES).any(|it| it == END) {
        return Err(backup.damaged(&format!("the end of {file} is missing")));
    }
    let database = Database {
        name: database.to_owned(),
        folder: file.to_owned(),
        bytes: 0,
        definition: Vec::new(),
        tables: Vec::new(),
    };
    Ok(Metadata { databases: vec![database], ..metadata.clone() })
}

fn read(backup: &Backup, file: &str) -> Result<Source, Error> {
    let path = backup.dir.join(file);
    let bytes = absent_is_none(fs::read(&path)).doing("reading", &path)?;
    let bytes = bytes.ok_or_else(|| backup.damaged(&format!("{file} is missing")))?;
    Source::read(file, bytes, None).map_err(|why| backup.damaged(&why.to_string()))
}

/// Beside other databases a script must not go from one to the other, nor do anything but fill its own.
fn unfit(backup: &Backup, file: &str, it: &MetaCommand<'_>) -> Error {
    Error::BackupUnfit {
        name: backup.name.to_string(),
        why: format!("{file} does more than fill one database: `\\{}` in line {}", it.name, it.line),
        advice: "`resource-postgres content execute --database NAME --file FILE` runs a part of it"
            .to_owned(),
    }
}

/// Fills a database with what the script makes. The first error ends it.
pub async fn load(
    ctx: &Ctx,
    record: &Record,
    (backup, database): (&Backup, &Database),
    name: &str,
) -> Result<(), Error> {
    ctx.waiting.on(format!("{} to fill database `{}`", database.folder, database.name));
    let source = read(backup, &database.folder)?;
    let (target, place) = (target(record, name), Place::default());
    let session = session::open_unasked(record, &target).await?;
    let link = Link::new(session, target, Passwords::known(|_| None), &place, ctx.out);
    let settings = Settings { quiet: true, ..Settings::default() };
    let screen = Screen::new(settings, Box::new(io::sink()), ctx.out, &place);
    let mut variables = Variables::new();
    variables.record("ON_ERROR_STOP", "on");
    let deadline = Instant::now() + NO_LIMIT;
    let runner = Runner::new(link, screen, variables, Shell::Refused, &place, deadline);
    let ran = runner.map_err(Error::Output)?.run(&[(source, None)], Scope::Statements).await;
    ran.map_err(|err| match err {
        Error::Sql(said) => failed(backup, &said),
        err => err,
    })
}

/// The error of a script that failed, in the first of the server's lines, which says where and why.
fn failed(backup: &Backup, said: &str) -> Error {
    Error::Refused {
        doing: format!("restoring backup `{}`", backup.name),
        why: said.lines().next().unwrap_or_default().to_owned(),
        advice: Some("everything is as it was".to_owned()),
    }
}

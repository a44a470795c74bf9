//! Planning: what pending migrations would do, found out by doing it and taking it back.
//!
//! On the database itself all of them are run in one transaction that is rolled back. On a copy they are run as `up` would
//! run them, and the copy is taken away.
//!
//! - `mod`: what a plan is, and where it is made.
//! - `trial`: running statements one by one.
//! - `locks`, `tables`, `sequences`: what they take, what they write anew, and what no rollback takes back.

mod locks;
mod sequences;
mod tables;
mod trial;

use std::time::Duration;

use super::up::{Order, known};
use super::{Server, Wanted, begin};
use crate::context::Ctx;
use crate::error::Error;
use crate::lifecycle::vacant::{discard, throwaway};
use crate::lifecycle::{clone, session, unless_interrupted};
use crate::pg::admin::execute;
use crate::pg::duplicate::{Sessions, claim, duplicate};
use crate::pg::identifier::Identifier;
use crate::pg::migrations::{Migration, read};
use crate::rules::drift::{compare, to_apply};
use crate::rules::lint::Hazard;

use sequences::Sequences;

pub use locks::{Lock, Strength};
pub(super) use tables::sizes;

const DOING: &str = "looking at what a migration does";
/// How the names of copied databases begin.
const COPY: &str = "migration-plan-";
/// How the names of cloned instances begin.
const CLONE: &str = "plan-";

/// Where migrations are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// In a transaction that is rolled back.
    Database,
    /// On a copy of the database, or of the whole instance where it is in use.
    Copy,
}

/// What all pending migrations would do.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Each of them, in order, up to the one that fails.
    pub migrations: Vec<Planned>,
    /// Sequences that have moved on, which no rollback takes back, and that are in use by others.
    pub moved: Vec<String>,
}

/// What a migration would do.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The migration.
    pub migration: Migration,
    /// Its statements, up to the one that fails.
    pub steps: Vec<Tried>,
}

/// What a statement would do.
#[derive(Clone, Debug)]
pub struct Tried {
    /// The line in which it begins.
    pub line: usize,
    /// Its text.
    pub statement: String,
    /// How it went.
    pub outcome: Outcome,
    /// How long it took.
    pub took: Duration,
    /// Locks on tables that it is the first to take.
    pub locks: Vec<Lock>,
    /// Tables that it writes anew.
    pub rewrites: Vec<String>,
    /// What about it may do harm.
    pub hazards: Vec<Hazard>,
}

/// How a statement went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It did what it should.
    Done,
    /// It cannot be run in a transaction, and so was not.
    Untried,
    /// It failed, for this reason.
    Failed(String),
}

/// Finds out what pending migrations would do. Nothing of it stays.
pub async fn plan(ctx: &Ctx, wanted: &Wanted, order: Order<'_>, on: On) -> Result<Plan, Error> {
    let files = read(&wanted.dir)?;
    known(&files, order.to, wanted)?;
    match on {
        On::Database => tried(ctx, wanted, &files, order, on).await,
        On::Copy => match on_copy(ctx, wanted, &files, order).await {
            Err(Error::InUse { by, .. }) => {
                ctx.out.note(&format!(
                    "database `{}` is in use by {by}: its whole instance is copied",
                    wanted.database
                ));
                on_clone(ctx, wanted, &files, order).await
            }
            planned => planned,
        },
    }
}

/// The same on a copy of the database, to which nobody else is connected while it is copied. One that a killed plan has left
/// is dropped.
async fn on_copy(ctx: &Ctx, wanted: &Wanted, files: &[Migration], order: Order<'_>) -> Result<Plan, Error> {
    let name = format!("{COPY}{:08x}", crc32c::crc32c(wanted.database.as_bytes()));
    let named = |name: &str| name.parse::<Identifier>().map_err(Error::Usage);
    let (source, copy) = (named(&wanted.database)?, named(&name)?);
    let session = session::administer(ctx, &wanted.record, None).await?;
    let drop_it = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", copy.quoted());
    claim(&session, &copy).await?;
    execute(&session, "dropping an earlier copy", &drop_it).await?;
    duplicate(&session, &source, &copy, Sessions::Respected).await?;
    ctx.step("migrate-copied");
    let on_copy = Wanted { database: name, ..wanted.clone() };
    let planned = tried(ctx, &on_copy, files, order, On::Copy).await;
    execute(&session, "dropping the copy", &drop_it).await?;
    planned
}

/// The same on a clone of the whole instance, which is taken away again. Those that killed plans have left go first.
async fn on_clone(ctx: &Ctx, wanted: &Wanted, files: &[Migration], order: Order<'_>) -> Result<Plan, Error> {
    let held = throwaway(ctx, CLONE).await?;
    let planned = unless_interrupted(ctx, clone::unhanded(ctx, &held, &wanted.record.name)).await;
    let planned = match planned {
        Ok(record) => {
            ctx.step("migrate-cloned");
            let on_clone = Wanted { record, server: Server::Throwaway, ..wanted.clone() };
            tried(ctx, &on_clone, files, order, On::Copy).await
        }
        Err(err) => Err(err),
    };
    if let Some(record) = ctx.store.find(held.name())? {
        discard(ctx, &held, &record).await?;
    }
    planned
}

async fn tried(
    ctx: &Ctx,
    wanted: &Wanted,
    files: &[Migration],
    order: Order<'_>,
    on: On,
) -> Result<Plan, Error> {
    let mut work = begin(ctx, wanted).await?;
    let history = work.history().await?;
    let entries = compare(files, &history);
    let chosen = to_apply(&entries, order.to, order.out_of_order).map_err(|it| wanted.refused(it))?;
    let chosen: Vec<&Migration> = chosen.iter().filter_map(|it| it.file).collect();
    let before = Sequences::of(work.session()).await?;
    let planned = work.try_all(&chosen, on).await;
    let _ = work.sql("ROLLBACK").await;
    let moved = match on {
        On::Database => before.put_back(work.session()).await?,
        On::Copy => Vec::new(),
    };
    Ok(Plan { migrations: planned?, moved })
}

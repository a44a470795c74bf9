//! Planning: what pending migrations would do, found out by doing it and taking it back.
//!
//! On the database itself all of them are run in one transaction that is rolled back. On a copy they are run as `up` would
//! run them, and the copy is dropped.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::Instant;

use super::stepwise::is_alone;
use super::up::{Order, known};
use super::{Server, Wanted, Work, begin};
use crate::context::Ctx;
use crate::error::Error;
use crate::instances::name::Name;
use crate::instances::record::Record;
use crate::lifecycle::vacant::{abandoned, discard, throwaway, vacant};
use crate::lifecycle::{clone, restore, session, unless_interrupted};
use crate::pg::admin::{execute, refused, values};
use crate::pg::duplicate::{Sessions, claim, duplicate};
use crate::pg::identifier::{Identifier, literal};
use crate::pg::migrations::history::{FORGET, RESET};
use crate::pg::migrations::{Migration, Mode, Step, parts, read};
use crate::pg::query::rows;
use crate::rules::drift::{compare, to_apply};
use crate::rules::lint::{Hazard, hazards};

const DOING: &str = "looking at what a migration does";
/// How long a planned statement waits for a lock: others queue up behind it meanwhile.
const LOCK_TIMEOUT: &str = "SET LOCAL lock_timeout = '5s'";
const POINT: &str = "resource_postgres_plan";
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

/// A lock on a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// The table.
    pub table: String,
    /// The lock's mode, as PostgreSQL documents it.
    pub mode: Strength,
}

/// The modes of locks on tables, the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// ACCESS SHARE.
    AccessShare,
    /// ROW SHARE.
    RowShare,
    /// ROW EXCLUSIVE.
    RowExclusive,
    /// SHARE UPDATE EXCLUSIVE.
    ShareUpdateExclusive,
    /// SHARE.
    Share,
    /// SHARE ROW EXCLUSIVE.
    ShareRowExclusive,
    /// EXCLUSIVE.
    Exclusive,
    /// ACCESS EXCLUSIVE.
    AccessExclusive,
}

/// Each mode: as the server reports it, as it is documented, and what nobody else can do meanwhile.
const STRENGTHS: [(Strength, &str, &str, &str); 8] = [
    (Strength::AccessShare, "AccessShareLock", "ACCESS SHARE", ""),
    (Strength::RowShare, "RowShareLock", "ROW SHARE", ""),
    (Strength::RowExclusive, "RowExclusiveLock", "ROW EXCLUSIVE", ""),
    (
        Strength::ShareUpdateExclusive,
        "ShareUpdateExclusiveLock",
        "SHARE UPDATE EXCLUSIVE",
        "blocks other migrations",
    ),
    (Strength::Share, "ShareLock", "SHARE", "blocks writes"),
    (Strength::ShareRowExclusive, "ShareRowExclusiveLock", "SHARE ROW EXCLUSIVE", "blocks writes"),
    (Strength::Exclusive, "ExclusiveLock", "EXCLUSIVE", "blocks writes"),
    (Strength::AccessExclusive, "AccessExclusiveLock", "ACCESS EXCLUSIVE", "blocks reads and writes"),
];

impl Strength {
    fn reported(name: &str) -> Option<Self> {
        STRENGTHS.iter().find(|(_, reported, ..)| *reported == name).map(|(it, ..)| *it)
    }

    /// The mode as PostgreSQL documents it.
    pub fn name(self) -> &'static str {
        STRENGTHS.iter().find(|(it, ..)| *it == self).map_or("", |(_, _, name, _)| name)
    }

    /// What nobody else can do meanwhile; empty if nothing that matters.
    pub fn blocks(self) -> &'static str {
        STRENGTHS.iter().find(|(it, ..)| *it == self).map_or("", |(.., blocks)| blocks)
    }
}

/// A table, as it was before the plan.
#[derive(Clone, Debug)]
struct Table {
    name: String,
    file: String,
    bytes: u64,
}

/// Tables by their numbers.
type Tables = BTreeMap<String, Table>;

/// What is known while a plan is made.
#[derive(Debug, Default)]
struct Known {
    /// The tables that there were before.
    tables: Tables,
    /// Their sizes, by each name that they can be called by.
    bytes: BTreeMap<String, u64>,
    /// The strongest lock so far, by table.
    locks: BTreeMap<String, Strength>,
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
    let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", copy.quoted());
    claim(&session, &copy).await?;
    execute(&session, "dropping an earlier copy", &drop).await?;
    duplicate(&session, &source, &copy, Sessions::Respected).await?;
    ctx.step("migrate-copied");
    let on_copy = Wanted { database: name, ..wanted.clone() };
    let planned = tried(ctx, &on_copy, files, order, On::Copy).await;
    execute(&session, "dropping the copy", &drop).await?;
    planned
}

/// The same on a clone of the whole instance, which is taken away again. Those that killed plans have left go first.
async fn on_clone(ctx: &Ctx, wanted: &Wanted, files: &[Migration], order: Order<'_>) -> Result<Plan, Error> {
    let is_left = |it: &Record| it.name.as_str().starts_with(CLONE) && restore::refuse_used(it).is_ok();
    for (held, record) in abandoned(ctx, is_left).await? {
        discard(ctx, &held, &record).await?;
    }
    let name: Name = throwaway(CLONE)?;
    let held = vacant(ctx, &name, restore::refuse_used).await?;
    let planned = unless_interrupted(ctx, clone::unhanded(ctx, &held, &wanted.record.name)).await;
    let planned = match planned {
        Ok(record) => {
            ctx.step("migrate-cloned");
            let on_clone = Wanted { record, server: Server::Throwaway, ..wanted.clone() };
            tried(ctx, &on_clone, files, order, On::Copy).await
        }
        Err(err) => Err(err),
    };
    if let Some(record) = ctx.store.find(&name)? {
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
    let before = work.sequences().await?;
    let planned = work.try_all(&chosen, on).await;
    let _ = work.sql("ROLLBACK").await;
    let moved = match on {
        On::Database => work.settle_sequences(&before).await?,
        On::Copy => Vec::new(),
    };
    Ok(Plan { migrations: planned?, moved })
}

impl Work<'_> {
    async fn try_all(&mut self, chosen: &[&Migration], on: On) -> Result<Vec<Planned>, Error> {
        let tables = self.known_tables().await?;
        let bytes = self.sizes().await?;
        let mut known = Known { tables, bytes, locks: BTreeMap::new() };
        self.control("BEGIN").await?;
        let mut planned = Vec::new();
        for migration in chosen {
            self.ctx.waiting.on(format!("migration {}", migration.file.display()));
            self.start_over();
            self.control(LOCK_TIMEOUT).await?;
            let steps = self.try_one(migration, on, &mut known).await?;
            let has_failed = steps.iter().any(|it| matches!(it.outcome, Outcome::Failed(_)));
            planned.push(Planned { migration: (*migration).clone(), steps });
            if has_failed {
                break;
            }
            self.control(RESET).await?;
            if on == On::Copy {
                self.control(&format!("COMMIT; {FORGET}")).await?;
                self.control("BEGIN").await?;
                known.locks.clear();
            }
        }
        Ok(planned)
    }

    async fn control(&self, sql: &str) -> Result<(), Error> {
        execute(self.session(), DOING, sql).await
    }

    async fn try_one(
        &mut self,
        migration: &Migration,
        on: On,
        known: &mut Known,
    ) -> Result<Vec<Tried>, Error> {
        let mut tried = Vec::new();
        for step in parts(&migration.up) {
            let step = self.try_step(&step, migration.mode, on, known).await?;
            let has_failed = matches!(step.outcome, Outcome::Failed(_));
            tried.push(step);
            if has_failed {
                return Ok(tried);
            }
        }
        if let Some(verify) = &migration.verify {
            let step = Step { source: verify.clone(), line: 1, text: format!("-- {}", verify.name()) };
            self.control(&format!("SAVEPOINT {POINT}")).await?;
            let step = self.try_step(&step, Mode::Transaction, on, known).await?;
            if step.outcome == Outcome::Done {
                self.control(&format!("ROLLBACK TO {POINT}")).await?;
            }
            tried.push(step);
        }
        Ok(tried)
    }

    async fn try_step(&mut self, step: &Step, mode: Mode, on: On, known: &mut Known) -> Result<Tried, Error> {
        let hazards = hazards(&step.text, &|name: &str| known.bytes.get(name).copied());
        let files = self.known_tables().await?;
        if mode == Mode::Statements {
            self.control(&format!("SAVEPOINT {POINT}")).await?;
        }
        let began = Instant::now();
        let ran = self.script(&step.source).await;
        let mut took = began.elapsed();
        let outcome = match ran {
            Ok(()) => Outcome::Done,
            Err(Error::Sql(_)) if mode == Mode::Statements && is_alone(self.runner.last_error_code()) => {
                match on {
                    On::Database => {
                        self.control(&format!("ROLLBACK TO {POINT}")).await?;
                        Outcome::Untried
                    }
                    On::Copy => {
                        self.control("ROLLBACK TO resource_postgres_plan; COMMIT").await?;
                        let began = Instant::now();
                        let ran = self.script(&step.source).await;
                        took = began.elapsed();
                        self.control("BEGIN").await?;
                        match ran {
                            Ok(()) => Outcome::Done,
                            Err(Error::Sql(said)) => Outcome::Failed(said),
                            Err(err) => return Err(err),
                        }
                    }
                }
            }
            Err(Error::Sql(said)) => Outcome::Failed(said),
            Err(err) => return Err(err),
        };
        let (locks, rewrites) = match outcome {
            Outcome::Done => (self.new_locks(known).await?, rewritten(&files, &self.known_tables().await?)),
            Outcome::Untried | Outcome::Failed(_) => (Vec::new(), Vec::new()),
        };
        let (line, statement) = (step.line, step.text.clone());
        Ok(Tried { line, statement, outcome, took, locks, rewrites, hazards })
    }

    /// The tables that are there, and the file of each.
    async fn known_tables(&self) -> Result<Tables, Error> {
        let sql = "SELECT c.oid, c.oid::pg_catalog.regclass, pg_catalog.pg_relation_filenode(c.oid), \
                          pg_catalog.pg_relation_size(c.oid) \
                   FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                   WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";
        let found = rows(self.session(), sql).await.map_err(|failure| refused(DOING, failure))?;
        Ok(found.into_iter().filter_map(table).collect())
    }

    /// The sizes of tables by each name that they can be called by.
    pub(super) async fn sizes(&self) -> Result<BTreeMap<String, u64>, Error> {
        let sql = "SELECT n.nspname, c.relname, pg_catalog.pg_table_is_visible(c.oid), pg_catalog.pg_relation_size(c.oid) \
                   FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                   WHERE c.relkind IN ('r', 'p', 'm')";
        let found = rows(self.session(), sql).await.map_err(|failure| refused(DOING, failure))?;
        let mut sizes = BTreeMap::new();
        for row in found {
            let mut cells = row.into_iter().map(Option::unwrap_or_default);
            let (Some(schema), Some(table)) = (cells.next(), cells.next()) else { continue };
            let is_visible = cells.next().is_some_and(|it| it == "t");
            let bytes = cells.next().and_then(|it| it.parse().ok()).unwrap_or_default();
            sizes.insert(format!("{schema}.{table}"), bytes);
            if is_visible {
                sizes.insert(table, bytes);
            }
        }
        Ok(sizes)
    }

    /// Locks on tables that others can see, which are stronger than those before.
    async fn new_locks(&self, known: &mut Known) -> Result<Vec<Lock>, Error> {
        let sql = "SELECT l.relation, l.mode FROM pg_catalog.pg_locks l \
                   WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'relation' AND l.granted";
        let found = rows(self.session(), sql).await.map_err(|failure| refused(DOING, failure))?;
        let mut taken: BTreeMap<String, Strength> = BTreeMap::new();
        for row in found {
            let mut cells = row.into_iter().flatten();
            let (Some(table), Some(mode)) = (cells.next(), cells.next()) else { continue };
            let Some(mode) = Strength::reported(&mode).filter(|it| *it > Strength::AccessShare) else {
                continue;
            };
            let strongest = taken.entry(table).or_insert(mode);
            *strongest = mode.max(*strongest);
        }
        let mut new = Vec::new();
        for (oid, mode) in taken {
            let Some(table) = known.tables.get(&oid) else { continue };
            if known.locks.get(&oid).is_none_or(|it| *it < mode) {
                known.locks.insert(oid.clone(), mode);
                new.push(Lock { table: table.name.clone(), mode });
            }
        }
        new.sort_by(|a, b| a.table.cmp(&b.table));
        Ok(new)
    }

    /// Where each sequence is, as SQL that puts it there.
    async fn sequences(&self) -> Result<BTreeMap<String, String>, Error> {
        let sql = "SELECT pg_catalog.format('%I.%I', schemaname, sequencename), \
                          coalesce(last_value, start_value), last_value IS NOT NULL FROM pg_catalog.pg_sequences";
        let found = rows(self.session(), sql).await.map_err(|failure| refused(DOING, failure))?;
        let there = found.into_iter().filter_map(|row| {
            let mut cells = row.into_iter().flatten();
            let (name, value, is_called) = (cells.next()?, cells.next()?, cells.next()?);
            let set = format!("SELECT pg_catalog.setval({}, {value}, '{is_called}')", literal(&name));
            Some((name, set))
        });
        Ok(there.collect())
    }

    /// Puts sequences back, which no rollback does, unless somebody else may have taken numbers from them; those are named.
    async fn settle_sequences(&self, before: &BTreeMap<String, String>) -> Result<Vec<String>, Error> {
        let now = self.sequences().await?;
        let moved: Vec<(&String, &String)> =
            before.iter().filter(|(name, was)| now.get(*name).is_some_and(|is| is != *was)).collect();
        let others = "SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE pid <> pg_catalog.pg_backend_pid() \
                      AND datname = pg_catalog.current_database() AND backend_type = 'client backend'";
        if moved.is_empty() {
            return Ok(Vec::new());
        }
        if values(self.session(), DOING, others).await?.first().is_some_and(|it| it != "0") {
            return Ok(moved.into_iter().map(|(name, _)| name.clone()).collect());
        }
        let sql: Vec<&str> = moved.into_iter().map(|(_, set)| set.as_str()).collect();
        self.control(&sql.join("; ")).await.map(|()| Vec::new())
    }
}

fn table(row: Vec<Option<String>>) -> Option<(String, Table)> {
    let mut cells = row.into_iter();
    let (oid, name) = (cells.next()??, cells.next()??);
    let file = cells.next()?.unwrap_or_default();
    let bytes = cells.next()?.and_then(|it| it.parse().ok()).unwrap_or_default();
    Some((oid, Table { name, file, bytes }))
}

/// Tables that have another file now. One without a page has nothing to be written anew.
fn rewritten(before: &Tables, after: &Tables) -> Vec<String> {
    let is_new = |(oid, was): &(&String, &Table)| {
        was.bytes > 0 && after.get(*oid).is_some_and(|is| is.file != was.file)
    };
    let names: BTreeSet<&str> = before.iter().filter(is_new).map(|(_, it)| it.name.as_str()).collect();
    names.into_iter().map(str::to_owned).collect()
}

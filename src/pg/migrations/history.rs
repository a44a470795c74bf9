//! The tables in which a database keeps what was applied to it, those that upstream has left behind among them.
//!
//! - `schema_migrations`: what is applied. Upstream made it with `version` and `applied_at`, or with all but `scope`.
//! - `migration_history`: every attempt, failed ones too.
//! - `migration_progress`: what is begun and not done, statement by statement.

use super::folder::Migration;
use super::{Scope, Version};
use crate::error::Error;
use crate::pg::admin::{execute, is_so, quoted, refused, values};
use crate::pg::connect::Session;
use crate::pg::identifier::literal;
use crate::pg::query::rows;

const DOING: &str = "reading which migrations are applied";
/// What a table of migrations may have its versions in.
const TEXT: [&str; 3] = ["character varying", "text", "character"];

/// What comes before and after a record in a script's own transaction: what the script has set does not reach the record,
/// nor the next script, as if each had a session of its own. The lock stays.
pub const RESET: &str = "RESET SESSION AUTHORIZATION; RESET ALL";
/// The rest of that, which can be forgotten once the transaction is over.
pub const FORGET: &str =
    "CLOSE ALL; UNLISTEN *; DEALLOCATE ALL; DISCARD PLANS; DISCARD TEMP; DISCARD SEQUENCES";

/// Where the tables are.
#[derive(Clone, Debug)]
pub struct Tables {
    schema: String,
}

/// What the tables say of one scope.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// What is applied.
    pub applied: Vec<Applied>,
    /// What is begun and not done.
    pub unfinished: Vec<Unfinished>,
}

/// A migration that is applied, as it was recorded.
#[derive(Clone, Debug, Default)]
pub struct Applied {
    /// Its version, with its title where upstream has recorded it.
    pub version: String,
    /// What it is for.
    pub description: Option<String>,
    /// What was run.
    pub checksum: Option<String>,
    /// When, in UTC.
    pub at: Option<String>,
    /// By whom.
    pub by: Option<String>,
    /// How long it took, in milliseconds.
    pub took_ms: Option<u64>,
    /// The way back, as it was when it was applied.
    pub rollback: Option<String>,
}

/// A migration that is run statement by statement, and has not come to its end.
#[derive(Clone, Debug, Default)]
pub struct Unfinished {
    /// Its version.
    pub version: String,
    /// Which way it was run.
    pub action: String,
    /// What was run.
    pub checksum: String,
    /// Statements that are done.
    pub done: usize,
    /// Statements that it has.
    pub of: usize,
    /// When it was begun, in UTC.
    pub since: String,
    /// Why it has not gone on, where that is known.
    pub error: Option<String>,
}

/// What is done with a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It is applied.
    Apply,
    /// It is taken back.
    Rollback,
    /// It is recorded without being run.
    Baseline,
    /// Its record was mended.
    Repair,
}

impl Action {
    /// The action as the history has it; the first two are upstream's.
    pub fn word(self) -> &'static str {
        match self {
            Self::Apply => "apply",
            Self::Rollback => "rollback",
            Self::Baseline => "baseline",
            Self::Repair => "repair",
        }
    }
}

/// One attempt, for the history.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    /// The version.
    pub version: &'a str,
    /// What was attempted.
    pub action: Action,
    /// How long it took, in milliseconds.
    pub took_ms: u128,
    /// Why it failed; none if it did not.
    pub error: Option<&'a str>,
}

/// Finds the tables.
///
/// # Errors
/// Where the name has something that no migrations can be recorded in.
pub async fn find(session: &Session) -> Result<Option<Tables>, Error> {
    let sql = "SELECT n.nspname, c.relkind, (SELECT pg_catalog.format_type(a.atttypid, NULL) \
                 FROM pg_catalog.pg_attribute a \
                 WHERE a.attrelid = c.oid AND a.attname = 'version' AND NOT a.attisdropped) \
               FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
               WHERE c.oid = pg_catalog.to_regclass('schema_migrations')";
    let found = rows(session, sql).await.map_err(|failure| refused(DOING, failure))?;
    let Some(row) = found.into_iter().next() else { return Ok(None) };
    let mut cells = row.into_iter().map(Option::unwrap_or_default);
    let (schema, relkind, kind) = (cells.next(), cells.next(), cells.next().unwrap_or_default());
    let schema = schema.unwrap_or_default();
    if relkind.is_none_or(|it| it != "r" && it != "p") || !TEXT.contains(&kind.as_str()) {
        return Err(Error::NotMigrated {
            what: format!("database `{}`", session.database),
            why: format!("its {} is another program's", format_args!("`{schema}.schema_migrations`")),
            advice: "migrate with that program, or rename its table".to_owned(),
        });
    }
    Ok(Some(Tables { schema }))
}

/// Finds the tables, and makes or extends them where that is needed; no row of them is lost.
pub async fn ensure(session: &Session) -> Result<Tables, Error> {
    const DOING: &str = "making the tables that record migrations";
    let tables = match find(session).await? {
        Some(tables) => tables,
        None => {
            let schema = values(session, DOING, "SELECT pg_catalog.current_schema()").await?;
            let none = || Error::NotMigrated {
                what: format!("database `{}`", session.database),
                why: "no schema of its search_path exists".to_owned(),
                advice: "create schema `public`, or another that the search_path has".to_owned(),
            };
            Tables { schema: schema.into_iter().next().ok_or_else(none)? }
        }
    };
    if !is_so(session, DOING, &tables.is_complete()).await? {
        execute(session, DOING, &tables.definition()).await?;
    }
    Ok(tables)
}

impl Tables {
    fn at(&self, table: &str) -> String {
        format!("{}.{table}", quoted(&self.schema))
    }

    fn is_complete(&self) -> String {
        let regclass = |table| format!("pg_catalog.to_regclass({})", literal(&self.at(table)));
        let columns = |table, names: &str, count: usize| {
            format!(
                "(SELECT count(*) = {count} FROM pg_catalog.pg_attribute WHERE attrelid = {} \
                 AND NOT attisdropped AND attname IN ({names}))",
                regclass(table)
            )
        };
        let applied = "'scope','version','description','checksum','applied_at','applied_by','execution_time_ms','rollback_sql'";
        let attempts = "'scope','version','action','checksum','execution_time_ms','success','error_message'";
        format!(
            "SELECT {} AND {} AND {} IS NOT NULL",
            columns("schema_migrations", applied, 8),
            columns("migration_history", attempts, 7),
            regclass("migration_progress")
        )
    }

    fn definition(&self) -> String {
        let (applied, history, progress) =
            (self.at("schema_migrations"), self.at("migration_history"), self.at("migration_progress"));
        let oid = literal(&applied);
        // Two scopes may be begun at once.
        format!(
            "SELECT pg_catalog.pg_advisory_xact_lock({}, 0);
SET client_min_messages = warning;
CREATE TABLE IF NOT EXISTS {applied} (version varchar(255) NOT NULL, applied_at timestamptz DEFAULT CURRENT_TIMESTAMP);
ALTER TABLE {applied}
    ADD COLUMN IF NOT EXISTS scope text NOT NULL DEFAULT 'default',
    ADD COLUMN IF NOT EXISTS description text,
    ADD COLUMN IF NOT EXISTS checksum varchar(64),
    ADD COLUMN IF NOT EXISTS applied_at timestamptz DEFAULT CURRENT_TIMESTAMP,
    ADD COLUMN IF NOT EXISTS applied_by varchar(255) DEFAULT CURRENT_USER,
    ADD COLUMN IF NOT EXISTS execution_time_ms integer,
    ADD COLUMN IF NOT EXISTS rollback_sql text;
DO $do$
DECLARE
    known record;
BEGIN
    SELECT conname, conkey INTO known FROM pg_catalog.pg_constraint
        WHERE conrelid = {oid}::pg_catalog.regclass AND contype = 'p';
    IF known.conname IS NULL THEN
        ALTER TABLE {applied} ADD PRIMARY KEY (scope, version);
    ELSIF pg_catalog.array_length(known.conkey, 1) = 1 THEN
        EXECUTE pg_catalog.format('ALTER TABLE {applied_in_format} DROP CONSTRAINT %I, ADD PRIMARY KEY (scope, version)', known.conname);
    END IF;
END
$do$;
CREATE TABLE IF NOT EXISTS {history} (
    id serial PRIMARY KEY,
    version varchar(255) NOT NULL,
    action varchar(20) NOT NULL,
    applied_at timestamptz DEFAULT CURRENT_TIMESTAMP,
    applied_by varchar(255) DEFAULT CURRENT_USER,
    execution_time_ms integer,
    success boolean DEFAULT true,
    error_message text);
ALTER TABLE {history}
    ADD COLUMN IF NOT EXISTS scope text NOT NULL DEFAULT 'default',
    ADD COLUMN IF NOT EXISTS checksum varchar(64);
CREATE TABLE IF NOT EXISTS {progress} (
    scope text NOT NULL,
    version varchar(255) NOT NULL,
    action varchar(20) NOT NULL,
    checksum varchar(64) NOT NULL,
    statements_done integer NOT NULL,
    statements integer NOT NULL,
    started_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    error_message text,
    PRIMARY KEY (scope, version));
RESET client_min_messages",
            super::lock::CLASS.cast_signed(),
            applied_in_format = applied.replace('%', "%%").replace('\'', "''"),
        )
    }

    /// Reads what they say of a scope. Tables that upstream has left behind have fewer columns.
    pub async fn read(&self, session: &Session, scope: &Scope) -> Result<History, Error> {
        let scope = literal(scope.as_str());
        let at = |column: &str| {
            format!(
                "pg_catalog.to_char(({column})::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
            )
        };
        let applied = format!(
            "SELECT t.version, j ->> 'description', j ->> 'checksum', {}, j ->> 'applied_by', \
                    j ->> 'execution_time_ms', j ->> 'rollback_sql' \
             FROM {} t, pg_catalog.to_jsonb(t) j WHERE coalesce(j ->> 'scope', 'default') = {scope}",
            at("j ->> 'applied_at'"),
            self.at("schema_migrations")
        );
        let found = rows(session, &applied).await.map_err(|failure| refused(DOING, failure))?;
        let mut history =
            History { applied: found.into_iter().map(applied_row).collect(), ..History::default() };
        let progress = self.at("migration_progress");
        let there = format!("SELECT pg_catalog.to_regclass({}) IS NOT NULL", literal(&progress));
        if is_so(session, DOING, &there).await? {
            let sql = format!(
                "SELECT version, action, checksum, statements_done, statements, {}, error_message \
                 FROM {progress} WHERE scope = {scope}",
                at("started_at")
            );
            let found = rows(session, &sql).await.map_err(|failure| refused(DOING, failure))?;
            history.unfinished = found.into_iter().map(unfinished_row).collect();
        }
        Ok(history)
    }

    /// SQL that records a migration as applied.
    pub fn apply(&self, scope: &Scope, migration: &Migration, action: Action, took_ms: u128) -> String {
        let rollback = migration.down.as_ref().map(|it| it.source.text().trim());
        let version = migration.version.as_str();
        format!(
            "INSERT INTO {} (scope, version, description, checksum, execution_time_ms, rollback_sql) \
             VALUES ({}, {}, {}, {}, {}, {}); {}",
            self.at("schema_migrations"),
            literal(scope.as_str()),
            literal(version),
            literal(&migration.description),
            literal(&migration.checksum.to_string()),
            milliseconds(took_ms),
            or_null(rollback),
            self.attempt(scope, &Attempt { version, action, took_ms, error: None }),
        )
    }

    /// SQL that forgets that a version is applied.
    pub fn forget(&self, scope: &Scope, recorded: &str) -> String {
        format!(
            "DELETE FROM {} WHERE scope = {} AND version = {}",
            self.at("schema_migrations"),
            literal(scope.as_str()),
            literal(recorded)
        )
    }

    /// SQL that has a recorded version say what the files say now.
    pub fn correct(&self, scope: &Scope, recorded: &str, migration: &Migration) -> String {
        format!(
            "UPDATE {} SET checksum = {}, description = coalesce(description, {}), rollback_sql = {} \
             WHERE scope = {} AND version = {}",
            self.at("schema_migrations"),
            literal(&migration.checksum.to_string()),
            literal(&migration.description),
            or_null(migration.down.as_ref().map(|it| it.source.text().trim())),
            literal(scope.as_str()),
            literal(recorded)
        )
    }

    /// SQL that adds an attempt to the history.
    pub fn attempt(&self, scope: &Scope, attempt: &Attempt<'_>) -> String {
        format!(
            "INSERT INTO {} (scope, version, action, execution_time_ms, success, error_message) \
             VALUES ({}, {}, '{}', {}, {}, {})",
            self.at("migration_history"),
            literal(scope.as_str()),
            literal(attempt.version),
            attempt.action.word(),
            milliseconds(attempt.took_ms),
            attempt.error.is_none(),
            or_null(attempt.error),
        )
    }

    /// SQL that records that a version is begun, statement by statement.
    pub fn begin(
        &self,
        scope: &Scope,
        version: &Version,
        action: Action,
        checksum: &str,
        of: usize,
    ) -> String {
        format!(
            "INSERT INTO {} (scope, version, action, checksum, statements_done, statements) \
             VALUES ({}, {}, '{}', {}, 0, {of})",
            self.at("migration_progress"),
            literal(scope.as_str()),
            literal(version.as_str()),
            action.word(),
            literal(checksum),
        )
    }

    /// SQL that records how many of its statements are done.
    pub fn progress(&self, scope: &Scope, version: &str, done: usize) -> String {
        let to = format!("statements_done = {done}, error_message = NULL");
        self.change_progress(scope, version, &to)
    }

    /// SQL that records why it does not go on.
    pub fn stopped(&self, scope: &Scope, version: &str, error: &str) -> String {
        self.change_progress(scope, version, &format!("error_message = {}", literal(error)))
    }

    fn change_progress(&self, scope: &Scope, version: &str, to: &str) -> String {
        format!(
            "UPDATE {} SET {to} WHERE scope = {} AND version = {}",
            self.at("migration_progress"),
            literal(scope.as_str()),
            literal(version)
        )
    }

    /// SQL that forgets that a version is begun.
    pub fn end(&self, scope: &Scope, version: &str) -> String {
        format!(
            "DELETE FROM {} WHERE scope = {} AND version = {}",
            self.at("migration_progress"),
            literal(scope.as_str()),
            literal(version)
        )
    }
}

fn applied_row(row: Vec<Option<String>>) -> Applied {
    let mut cells = row.into_iter();
    let mut next = || cells.next().flatten();
    Applied {
        version: next().unwrap_or_default(),
        description: next(),
        checksum: next(),
        at: next(),
        by: next(),
        took_ms: next().and_then(|it| it.parse().ok()),
        // What upstream writes where it has found none.
        rollback: next().filter(|it| !it.trim().is_empty()),
    }
}

fn unfinished_row(row: Vec<Option<String>>) -> Unfinished {
    let mut cells = row.into_iter();
    let mut next = || cells.next().flatten();
    let number = |text: Option<String>| text.and_then(|it| it.parse().ok()).unwrap_or_default();
    Unfinished {
        version: next().unwrap_or_default(),
        action: next().unwrap_or_default(),
        checksum: next().unwrap_or_default(),
        done: number(next()),
        of: number(next()),
        since: next().unwrap_or_default(),
        error: next(),
    }
}

fn or_null(text: Option<&str>) -> String {
    text.map_or("NULL".to_owned(), literal)
}

/// What the column can hold.
fn milliseconds(took: u128) -> i32 {
    i32::try_from(took).unwrap_or(i32::MAX)
}

//! A script that no transaction may hold together: the record says how many of its statements are done, and whoever comes
//! next goes on from there.

use std::path::Path;

use tokio::time::Instant;

use super::Work;
use crate::error::Error;
use crate::pg::admin::values;
use crate::pg::identifier::literal;
use crate::pg::migrations::history::{Action, FORGET, RESET, Tables, Unfinished};
use crate::pg::migrations::{Step, Version, statements_of, unclear};
use crate::pg::run::{first_words, runs_alone};
use crate::pg::script::Source;

/// SQLSTATEs of what cannot be run in a transaction: the statement, or one in a procedure that it calls.
const ALONE: [&str; 2] = ["25001", "2D000"];

/// Whether an SQLSTATE says that a statement cannot be run in a transaction.
pub(super) fn is_alone(code: &str) -> bool {
    ALONE.contains(&code)
}

/// A script, and what is recorded of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Walk<'a> {
    pub version: &'a Version,
    pub action: Action,
    pub source: &'a Source,
    pub checksum: &'a str,
    /// How far somebody was who has begun it.
    pub begun: Option<&'a Unfinished>,
}

/// What an interrupted statement has left.
enum Left {
    /// Nothing: it is to be run.
    Nothing,
    /// All that it does.
    All,
    /// An index that is not valid, of this name.
    InvalidIndex(String),
}

impl Work<'_> {
    /// Runs the statements that are not done yet, what verifies them, and at last the record that it is over.
    pub(super) async fn stepwise(
        &mut self,
        tables: &Tables,
        walk: &Walk<'_>,
        verify: Option<&Source>,
        record: impl Fn(u128) -> String,
    ) -> Result<u128, Error> {
        let began = Instant::now();
        let steps = statements_of(walk.file(), walk.source)?;
        let scope = &self.wanted.scope;
        let done = match walk.begun {
            Some(it) if it.action == walk.action.word() && it.checksum == walk.checksum => it.done,
            Some(it) if it.action == walk.action.word() => return Err(walk.changed(it)),
            Some(_) | None => {
                let sql = format!(
                    "{}; {}",
                    tables.end(scope, walk.version.as_str()),
                    tables.begin(scope, walk.version, walk.action, walk.checksum, steps.len())
                );
                self.sql_for(walk.source, &sql).await?;
                self.ctx.step("migrate-begun");
                0
            }
        };
        if let Err(err) = self.walk(tables, walk, (&steps, done), verify).await {
            let stopped = tables.stopped(scope, walk.version.as_str(), &err.line());
            let _ = self.sql(&format!("{RESET}; {FORGET}")).await;
            let _ = self.sql(&stopped).await;
            return Err(err);
        }
        let took = began.elapsed().as_millis();
        let end = tables.end(scope, walk.version.as_str());
        let sql = format!("{RESET}; BEGIN; {}; {end}; COMMIT; {FORGET}", record(took));
        self.sql_for(walk.source, &sql).await.map(|()| took)
    }

    async fn walk(
        &mut self,
        tables: &Tables,
        walk: &Walk<'_>,
        (steps, done): (&[Step], usize),
        verify: Option<&Source>,
    ) -> Result<(), Error> {
        self.start_over();
        for (number, step) in steps.iter().enumerate().skip(done) {
            let is_resumed = walk.begun.is_some() && number == done;
            let progress = tables.progress(&self.wanted.scope, walk.version.as_str(), number + 1);
            self.step(step, &progress, is_resumed).await?;
            self.ctx.step("migrate-stepped");
        }
        match verify {
            Some(verify) => self.verified(verify).await,
            None => Ok(()),
        }
    }

    /// One statement with the record that it is done, in one transaction where it may be in one.
    async fn step(&mut self, step: &Step, progress: &str, is_resumed: bool) -> Result<(), Error> {
        if is_resumed {
            match self.left(step).await? {
                Left::Nothing => {}
                Left::All => return self.sql_for(&step.source, progress).await,
                Left::InvalidIndex(name) => {
                    self.ctx
                        .out
                        .note(&format!("dropping the index {name}, which an interruption has left invalid"));
                    self.sql_for(&step.source, &format!("DROP INDEX CONCURRENTLY {name}")).await?;
                }
            }
        }
        if !runs_alone(&step.text) {
            self.sql_for(&step.source, "BEGIN").await?;
            let ran = self.script(&step.source).await;
            if ran.is_ok() {
                return self.sql_for(&step.source, &format!("{progress}; COMMIT")).await;
            }
            self.sql_for(&step.source, "ROLLBACK").await?;
            if !is_alone(self.runner.last_error_code()) {
                return ran;
            }
        }
        self.script(&step.source).await?;
        self.ctx.step("migrate-alone");
        self.sql_for(&step.source, progress).await
    }

    /// What an interruption between a statement and its record has left of the statement.
    async fn left(&self, step: &Step) -> Result<Left, Error> {
        let words = first_words(&step.text);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let is_made = matches!(
            words.as_slice(),
            ["create", "index", "concurrently", ..] | ["create", "unique", "index", "concurrently"]
        );
        let is_dropped = matches!(words.as_slice(), ["drop", "index", "concurrently", ..]);
        let Some(name) = index_name(&step.text).filter(|_| is_made || is_dropped) else {
            return Ok(Left::Nothing);
        };
        let sql = format!(
            "SELECT i.indisvalid FROM pg_catalog.pg_index i WHERE i.indexrelid = pg_catalog.to_regclass({})",
            literal(&name)
        );
        let found = values(self.session(), "looking for the index", &sql).await?;
        Ok(match (is_made, found.first().map(String::as_str)) {
            (true, Some("t")) | (false, None) => Left::All,
            (true, Some(_)) => Left::InvalidIndex(name),
            (true, None) | (false, Some(_)) => Left::Nothing,
        })
    }
}

impl Walk<'_> {
    fn file(&self) -> &Path {
        Path::new(self.source.name())
    }

    /// The error that it is another script now than the one that was begun.
    fn changed(&self, begun: &Unfinished) -> Error {
        let why = format!("{} of its {} statements are done, and it changed since", begun.done, begun.of);
        let version = self.version;
        let repair = format!("`content migrate repair --forget-unfinished {version}`");
        unclear(self.file(), why, &format!("put the old text back, or undo what is done and {repair}"))
    }
}

/// The name of the index that `CREATE` or `DROP INDEX CONCURRENTLY` is about, as it is written.
fn index_name(statement: &str) -> Option<String> {
    let lower = statement.to_ascii_lowercase();
    let mut rest = statement.get(lower.find("concurrently")? + "concurrently".len()..)?.trim_start();
    for skipped in ["if not exists", "if exists"] {
        let head = rest.get(..skipped.len()).filter(|it| it.eq_ignore_ascii_case(skipped));
        rest = head.and(rest.get(skipped.len()..)).unwrap_or(rest).trim_start();
    }
    let mut is_quoted = false;
    let ends = |it: char| {
        is_quoted ^= it == '"';
        !is_quoted && (it.is_whitespace() || matches!(it, ';' | ',' | '('))
    };
    let name = rest.split(ends).next().filter(|it| !it.is_empty() && !it.eq_ignore_ascii_case("on"))?;
    Some(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_of_a_statement_is_named_as_it_is_written() {
        let named = |statement: &str| index_name(statement);
        assert_eq!(named("CREATE INDEX CONCURRENTLY i ON t (a)").as_deref(), Some("i"));
        assert_eq!(
            named("create unique index concurrently if not exists s.\"a b\" on t (a)").as_deref(),
            Some("s.\"a b\"")
        );
        assert_eq!(named("DROP INDEX CONCURRENTLY IF EXISTS i;").as_deref(), Some("i"));
        assert_eq!(named("CREATE INDEX CONCURRENTLY ON t (a)"), None);
    }
}

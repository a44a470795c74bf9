//! Transactions that are not asked for by `BEGIN`: psql's `AUTOCOMMIT` and `ON_ERROR_ROLLBACK`.

use crate::pg::run::Runner;
use crate::pg::run::fault::Fault;
use crate::pg::script::{Query, Scanner, Source, Values};
use crate::pg::tap::Transaction;

/// psql's name for the point to which a transaction goes back.
const POINT: &str = "pg_psql_temporary_savepoint";

/// Beginnings of statements that begin or end a transaction themselves, or that may be in none.
const ALONE: &[&[&str]] = &[
    &["abort"],
    &["begin"],
    &["start"],
    &["commit"],
    &["end"],
    &["rollback"],
    &["prepare", "transaction"],
    &["vacuum"],
    &["create", "database"],
    &["create", "tablespace"],
    &["create", "index", "concurrently"],
    &["create", "unique", "index", "concurrently"],
    &["alter", "system"],
    &["drop", "database"],
    &["drop", "system"],
    &["drop", "tablespace"],
    &["drop", "index", "concurrently"],
    &["reindex", "database"],
    &["reindex", "system"],
    &["reindex", "index", "concurrently"],
    &["reindex", "table", "concurrently"],
    &["reindex", "schema", "concurrently"],
    &["discard", "all"],
];

/// Whether a statement has a point to go back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Point {
    /// It has none.
    None,
    /// It has.
    Set,
}

impl Runner {
    /// Begins a transaction where each statement is not one by itself.
    pub(super) async fn begin_if_wanted(&mut self, sql: &str) -> Result<(), Fault> {
        let is_wanted = !self.variables.is_on("AUTOCOMMIT")
            && self.link.session.drain.transaction() == Transaction::Idle
            && !runs_alone(sql);
        if is_wanted { self.quietly("BEGIN").await } else { Ok(()) }
    }

    /// Sets a point to go back to where errors are to leave the transaction as it was.
    pub(super) async fn set_point(&mut self) -> Result<Point, Fault> {
        let is_open = self.link.session.drain.transaction() == Transaction::Open;
        // Nobody types here, so that psql's `interactive` is the same as off.
        if !is_open || !self.variables.is_on("ON_ERROR_ROLLBACK") {
            return Ok(Point::None);
        }
        self.quietly(&format!("SAVEPOINT {POINT}")).await.map(|()| Point::Set)
    }

    /// Goes back after an error.
    pub(super) async fn go_back(&mut self, point: Point) -> Result<(), Fault> {
        match (point, self.link.session.drain.transaction()) {
            (Point::Set, Transaction::Failed) => self.quietly(&format!("ROLLBACK TO {POINT}")).await,
            (Point::Set, Transaction::Open | Transaction::Idle) | (Point::None, _) => Ok(()),
        }
    }

    /// Forgets the point, unless the statement has taken it away itself.
    pub(super) async fn release(&mut self, point: Point, tag: &str) -> Result<(), Fault> {
        let is_gone = ["SAVEPOINT", "RELEASE", "ROLLBACK"].iter().any(|it| tag.starts_with(it));
        match (point, self.link.session.drain.transaction()) {
            (Point::Set, Transaction::Open) if !is_gone => self.quietly(&format!("RELEASE {POINT}")).await,
            (Point::Set | Point::None, _) => Ok(()),
        }
    }
}

/// Whether a statement must not be sent in a transaction that was begun for it, as far as its first words tell.
pub fn runs_alone(sql: &str) -> bool {
    let words = first_words(sql);
    let begins = |alone: &[&str]| alone.iter().zip(&words).filter(|(a, b)| a == b).count() == alone.len();
    // Without a table, it is for the whole database.
    ALONE.iter().any(|it| begins(it)) || words == ["cluster"]
}

/// Whether a statement begins or ends a transaction.
pub(super) fn controls_transaction(sql: &str) -> bool {
    let begins = ["abort", "begin", "start", "commit", "end", "rollback"];
    first_words(sql).first().is_some_and(|it| begins.contains(&it.as_str()))
}

/// The words that a statement begins with, up to four, in lower case.
pub fn first_words(sql: &str) -> Vec<String> {
    let source = Source::new("", sql);
    let mut query = Query::default();
    Scanner::new(&source).scan(&mut query, &Values::Inactive);
    let text = without_comments(query.text());
    let words = text.split(|it: char| !it.is_alphanumeric() && it != '_').filter(|it| !it.is_empty());
    words.take(4).map(str::to_lowercase).collect()
}

/// The text after the comments that it begins with.
fn without_comments(text: &str) -> &str {
    let text = text.trim_start();
    match (text.strip_prefix("--"), text.strip_prefix("/*")) {
        (Some(rest), _) => rest.split_once('\n').map_or("", |(_, below)| without_comments(below)),
        (None, Some(rest)) => {
            let mut depth = 1;
            let mut at = 0;
            while depth > 0 {
                let rest = rest.get(at..).unwrap_or_default();
                let (open, close) = (rest.find("/*"), rest.find("*/"));
                match (open, close) {
                    (Some(open), Some(close)) if open < close => (depth, at) = (depth + 1, at + open + 2),
                    (_, Some(close)) => (depth, at) = (depth - 1, at + close + 2),
                    (_, None) => return "",
                }
            }
            without_comments(rest.get(at..).unwrap_or_default())
        }
        (None, None) => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_that_may_be_in_no_transaction_are_known_by_their_first_words() {
        for alone in [
            "VACUUM t;",
            "-- why\n/* a /* b */ c */ create DATABASE x",
            "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)",
            "Rollback;",
            "CLUSTER;",
        ] {
            assert!(runs_alone(alone), "{alone}");
        }
        for other in ["SELECT 1", "CREATE INDEX i ON t (a)", "CLUSTER t", "PREPARE p AS SELECT 1", "", "/*"] {
            assert!(!runs_alone(other), "{other}");
        }
    }
}

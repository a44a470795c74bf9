//! `lint`: which statements of a migration do harm to a database in use, and the safe way to the same end.
//!
//! - `words`: the words of a statement, without what stands in quotes and comments.
//! - `shape`: how the beginning of a statement is written down, and what is read from it.
//! - `statements`: which shape breaks which rule.
//! - `rule`: the rules, with what they say.

mod rule;
mod shape;
mod statements;
#[cfg(test)]
mod tests;
mod words;

use serde::Serialize;

/// How much harm a statement may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// It is worth knowing.
    Notice,
    /// It may hold others up, or break code that runs.
    Warning,
    /// It loses data, fails, or keeps others waiting for long.
    Danger,
}

impl Level {
    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Level::Notice => "notice",
            Level::Warning => "warning",
            Level::Danger => "danger",
        }
    }
}

/// One thing about a statement that may do harm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hazard {
    /// How much.
    pub level: Level,
    /// The rule that the statement breaks.
    pub rule: &'static str,
    /// What the statement does, and to what.
    pub what: String,
    /// The safe way.
    pub safe: String,
}

/// What a statement does to those who use the database meanwhile, on PostgreSQL 14 to 18.
///
/// `bytes` answers the size of the heap of a table or materialized view by its name as written (what is not quoted in
/// lower case, quotes removed, the schema kept), or nothing for one that does not exist yet or was made in the same
/// run: nothing done to it can hurt anybody.
pub fn hazards(statement: &str, bytes: &dyn Fn(&str) -> Option<u64>) -> Vec<Hazard> {
    let mut words = words::Words::new(statement).peekable();
    // What only brings rows may be long, and is not read to its end.
    if words.peek().is_none_or(|first| !statements::may_harm(first)) {
        return Vec::new();
    }
    statements::judge(&words.collect::<Vec<_>>(), bytes)
}

//! psql's `\d` family: what a database has, byte for byte as psql 15 tells it.
//!
//! - `lists`: a table of all objects of a kind, such as `\dt`.
//! - `relation`, `below`: one relation, and what stands below its columns.
//! - `pattern`: psql's patterns as conditions of SQL.

mod below;
mod lists;
mod pattern;
mod relation;

use crate::pg::connect::Session;
use crate::pg::query::{Event, Failure, run};
use pattern::Pattern;

/// One table to be printed.
#[derive(Debug, Default)]
pub struct Sheet {
    /// What stands above it.
    pub title: String,
    /// Its columns and rows, and how they end.
    pub events: Vec<Event>,
    /// What stands below instead of the number of rows.
    pub footers: Option<Vec<String>>,
}

/// What has been found.
#[derive(Debug)]
pub enum Found {
    /// These.
    Sheets(Vec<Sheet>),
    /// Nothing, which a list may say.
    Nothing(String),
}

/// Why there is nothing to be told.
#[derive(Debug)]
pub enum Unfound {
    /// Nothing is called so, or the pattern is none.
    Wrong(String),
    /// The server was asked in vain.
    Failed(Failure, String),
}

/// The words of a command: `\dtS+` asks for `t`, system objects, and more of each.
#[derive(Clone, Copy, Debug)]
struct Asked<'a> {
    letters: &'a str,
    system: bool,
    more: bool,
}

impl Asked<'_> {
    /// Reads a command's name without its backslash.
    fn of(command: &str) -> Asked<'_> {
        let letters = command.trim_end_matches(['S', '+']);
        let flags = command.get(letters.len()..).unwrap_or_default();
        let letters = letters.strip_prefix('d').unwrap_or(letters);
        Asked { letters, system: flags.contains('S'), more: flags.contains('+') }
    }
}

/// Whether a meta-command is of this family, and covered.
pub fn is_known(command: &str) -> bool {
    let asked = Asked::of(command);
    match command.starts_with('d') {
        true => {
            asked.letters.is_empty() || lists::is_relations(asked.letters) || lists::is_known(asked.letters)
        }
        false => matches!(command, "l" | "l+" | "list" | "list+" | "z"),
    }
}

/// Looks for what a meta-command asks.
pub async fn describe(session: &Session, command: &str, pattern: Option<&str>) -> Result<Found, Unfound> {
    let asked = Asked::of(command);
    let pattern = pattern.map(|it| Pattern::of(it, &session.database)).transpose().map_err(Unfound::Wrong)?;
    match (command.starts_with('d') && asked.letters.is_empty(), &pattern) {
        (true, Some(pattern)) => relation::describe(session, asked, pattern).await,
        (_, pattern) => lists::list(session, asked, pattern.as_ref()).await,
    }
}

/// Asks for a table as it is to be printed.
async fn sheet(session: &Session, title: &str, sql: &str) -> Result<Sheet, Unfound> {
    let mut events = Vec::new();
    let gathered = run(session, sql, |event| {
        events.push(event);
        Ok(())
    });
    gathered.await.map_err(|failure| Unfound::Failed(failure, sql.to_owned()))?;
    Ok(Sheet { title: title.to_owned(), events, footers: None })
}

/// Asks for rows.
async fn rows(session: &Session, sql: &str) -> Result<Vec<Vec<Option<String>>>, Unfound> {
    let events = sheet(session, "", sql).await?.events;
    Ok(events.into_iter().filter_map(|it| if let Event::Row(row) = it { Some(row) } else { None }).collect())
}

/// Asks for the only column of rows.
async fn values(session: &Session, sql: &str) -> Result<Vec<String>, Unfound> {
    Ok(rows(session, sql).await?.into_iter().filter_map(|it| it.into_iter().next().flatten()).collect())
}

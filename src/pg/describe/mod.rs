//! psql's `\d` family: what a database has, byte for byte as psql 15 tells it.
//!
//! - `members`: the commands of the family, what may follow them, and who answers them.
//! - `question`: a command with its flags and patterns.
//! - `lists`: a table of all objects of a kind, such as `\dt`.
//! - `details`: one object after the other, such as `\dRp+`.
//! - `relation`, `below`: one relation, and what stands below its columns.
//! - `pattern`: psql's patterns as conditions of SQL.

mod below;
mod details;
mod lists;
mod members;
mod pattern;
mod question;
mod relation;

use crate::pg::connect::Session;
use crate::pg::query::{Event, Failure, run};
use members::{Answer, Member};
use question::Question;

/// One table to be printed.
#[derive(Debug, Default)]
pub struct Sheet {
    /// What stands above it.
    pub title: String,
    /// Its columns and rows, and how they end.
    pub events: Vec<Event>,
    /// What stands below instead of the number of rows.
    pub footers: Option<Vec<String>>,
    /// Whether it is a table even where each column of a row gets a line of its own.
    pub is_never_expanded: bool,
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

/// Returns the names of the family's meta-commands, each of which may have further letters at its end.
pub fn names() -> impl Iterator<Item = &'static str> {
    members::MEMBERS.iter().map(|it| it.name)
}

/// Looks for what a meta-command asks.
pub async fn describe(session: &Session, command: &str, words: &[String]) -> Result<Found, Unfound> {
    let Some(member) = Member::of(command) else {
        return Err(Unfound::Wrong(format!("invalid command \\{command}")));
    };
    if let Some(why) = member.refusal(command) {
        return Ok(Found::Nothing(why));
    }
    let question = Question::of(session, member, command, words).map_err(Unfound::Wrong)?;
    let question = &question;
    match &member.answer {
        Answer::Relation => match &question.pattern {
            Some(pattern) => relation::describe(session, question.more, pattern).await,
            None => found(session, "List of relations", &lists::relations::all(question), question).await,
        },
        Answer::List(title, ask) => listed(session, title, &ask(question)).await,
        Answer::Titled(title, ask) => listed(session, title(question), &ask(question)).await,
        Answer::Found(title, ask) => found(session, title, &ask(question), question).await,
        Answer::Bare(title, ask) => {
            let sheet = Sheet { footers: Some(Vec::new()), ..sheet(session, title, &ask(question)).await? };
            Ok(Found::Sheets(vec![sheet]))
        }
        Answer::Either(_, _, details) if question.more => details::describe(session, question, details).await,
        Answer::Either(title, ask, _) => listed(session, title, &ask(question)).await,
    }
}

async fn listed(session: &Session, title: &str, sql: &str) -> Result<Found, Unfound> {
    Ok(Found::Sheets(vec![sheet(session, title, sql).await?]))
}

/// A list that says so where it is empty.
async fn found(session: &Session, title: &str, sql: &str, question: &Question<'_>) -> Result<Found, Unfound> {
    let sheet = sheet(session, title, sql).await?;
    match sheet.events.iter().any(|it| matches!(it, Event::Row(_))) {
        true => Ok(Found::Sheets(vec![sheet])),
        false => Ok(Found::Nothing(question.none())),
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
    Ok(Sheet { title: title.to_owned(), events, footers: None, is_never_expanded: false })
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

//! What becomes of a statement's answer: it is printed, or its last result is kept for the script itself.

use std::io;

use crate::pg::query::{Column, Event};
use crate::pg::run::screen::Screen;

/// Statements that are told by their tag although they have rows.
const TAGGED: [&str; 4] = ["INSERT", "UPDATE", "DELETE", "MERGE"];
/// Commands whose tags end with a number of rows.
const COUNTED: [&str; 8] = ["SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "FETCH", "MOVE", "COPY"];

/// What is to become of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Take {
    /// They are printed.
    Print,
    /// Those of the last result are kept.
    Keep,
}

/// A result that is kept.
#[derive(Debug)]
pub(super) struct Held {
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<Vec<Option<String>>>,
    /// The tag of its statement; none while that is not through.
    tag: Option<String>,
}

/// How a query was answered.
#[derive(Debug, Default)]
pub(super) struct Answered {
    /// Rows that its last statement has returned or changed.
    pub rows: u64,
    /// That statement's tag.
    pub tag: String,
    /// The rows, where they were to be kept.
    pub held: Option<Held>,
}

/// An answer that comes in.
#[derive(Debug)]
pub(super) struct Answer<'s> {
    screen: &'s mut Screen,
    take: Take,
    answered: Answered,
}

impl<'s> Answer<'s> {
    /// No answer yet.
    pub(super) fn new(screen: &'s mut Screen, take: Take) -> Self {
        Self { screen, take, answered: Answered::default() }
    }

    /// Takes the next piece of it.
    pub(super) fn event(&mut self, event: Event) -> io::Result<()> {
        if let Event::Done(tag) = &event {
            self.answered.rows = rows(tag);
            tag.clone_into(&mut self.answered.tag);
        }
        match self.take {
            Take::Print => self.screen.event(event),
            Take::Keep => self.keep(event),
        }
    }

    /// The whole of it.
    pub(super) fn end(mut self) -> io::Result<Answered> {
        let tag = self.answered.held.as_mut().and_then(|it| it.tag.take());
        match tag {
            Some(tag) if TAGGED.iter().any(|it| tag.starts_with(it)) => {
                self.screen.event(Event::Done(tag))?
            }
            Some(_) | None => {}
        }
        Ok(self.answered)
    }

    /// A result is printed after all when another comes: it is only the last that is kept.
    fn keep(&mut self, event: Event) -> io::Result<()> {
        match (event, &mut self.answered.held) {
            (Event::Row(row), Some(held)) => held.rows.push(row),
            (Event::Row(_), None) => {}
            (Event::Done(tag), Some(held)) if held.tag.is_none() => held.tag = Some(tag),
            (Event::Done(tag), _) => {
                self.print_held()?;
                self.screen.event(Event::Done(tag))?;
            }
            (Event::Columns(columns), _) => {
                self.print_held()?;
                self.answered.held = Some(Held { columns, rows: Vec::new(), tag: None });
            }
        }
        Ok(())
    }

    fn print_held(&mut self) -> io::Result<()> {
        let Some(held) = self.answered.held.take() else { return Ok(()) };
        self.screen.event(Event::Columns(held.columns))?;
        for row in held.rows {
            self.screen.event(Event::Row(row))?;
        }
        self.screen.event(Event::Done(held.tag.unwrap_or_default()))
    }
}

/// How many rows a tag speaks of.
fn rows(tag: &str) -> u64 {
    let is_counted = COUNTED.iter().any(|it| tag.starts_with(it));
    let last = tag.rsplit(' ').next().filter(|_| is_counted);
    last.and_then(|it| it.parse().ok()).unwrap_or_default()
}

//! Where a run is: the file and line that messages begin with, for the runner and for those who hear the server's notices.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::output::Out;
use crate::pg::connect::OnNotice;
use crate::pg::message::{Context, Verbosity, notice};
use crate::pg::script::Source;

/// Where a run is, shared with the connection.
#[derive(Clone, Debug, Default)]
pub struct Place(Arc<Mutex<Here>>);

/// A line of a source.
#[derive(Clone, Debug)]
pub(super) struct Line {
    source: Arc<str>,
    line: usize,
}

#[derive(Debug, Default)]
struct Here {
    source: Arc<str>,
    line: usize,
    verbosity: Verbosity,
    context: Context,
    /// What the server was asked last, into which its notices may point.
    query: String,
}

impl Place {
    /// Somebody who tells the server's notices with the place at which they came.
    pub fn notices(&self, out: Out) -> OnNotice {
        let place = self.clone();
        Box::new(move |said| {
            let text = {
                let here = place.lock();
                notice(said, &here.query, here.verbosity, here.context)
            };
            out.note(&format!("{place}{text}"));
        })
    }

    /// Goes to another source. One without a name is told neither with name nor with line.
    pub(super) fn enter(&self, source: &Source) {
        self.lock().source = source.name().into();
    }

    /// Goes to another line of it.
    pub(super) fn go(&self, line: usize) {
        self.lock().line = line;
    }

    /// Takes notice of what the server is asked.
    pub(super) fn ask(&self, query: &str) {
        query.clone_into(&mut self.lock().query);
    }

    /// The line.
    pub(super) fn line(&self) -> usize {
        self.lock().line
    }

    /// How much is told of errors and notices from now on.
    pub(super) fn speak(&self, verbosity: Verbosity, context: Context) {
        let mut here = self.lock();
        (here.verbosity, here.context) = (verbosity, context);
    }

    /// How much is told of errors and notices.
    pub(super) fn speech(&self) -> (Verbosity, Context) {
        let here = self.lock();
        (here.verbosity, here.context)
    }

    /// The place as it is now, for sentences.
    pub(super) fn now(&self) -> Line {
        let here = self.lock();
        Line { source: here.source.clone(), line: here.line }
    }

    fn lock(&self) -> MutexGuard<'_, Here> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let here = self.lock();
        match here.source.is_empty() {
            true => Ok(()),
            false => write!(f, "{}:{}: ", here.source, here.line),
        }
    }
}

impl std::fmt::Display for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.source.is_empty() {
            true => write!(f, "line {}", self.line),
            false => write!(f, "{}:{}", self.source, self.line),
        }
    }
}

//! Where a run is: the file and line that messages begin with, for the runner and for those who hear the server's notices.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::output::Out;
use crate::pg::connect::OnNotice;
use crate::pg::message::{Context, Verbosity, notice};
use crate::pg::script::Source;

/// Where a run is, shared with the connection.
#[derive(Clone, Debug, Default)]
pub struct Place(Arc<Mutex<Here>>);

#[derive(Debug, Default)]
struct Here {
    source: String,
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
        source.name().clone_into(&mut self.lock().source);
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

    /// The place by itself, for sentences.
    pub(super) fn named(&self) -> String {
        let here = self.lock();
        match here.source.is_empty() {
            true => format!("line {}", here.line),
            false => format!("{}:{}", here.source, here.line),
        }
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

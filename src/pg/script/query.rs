//! The text that is gathered until it is sent.

use super::copy::Copies;
use super::input::Place;
use super::lex::Token;

/// psql's query buffer: a statement, or several that `\;` holds together.
#[derive(Clone, Debug, Default)]
pub struct Query {
    text: String,
    start: Place,
    copies: Copies,
}

impl Query {
    /// What is to be sent, with its semicolon.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The line of its first token, counted from 1; 0 while there is none.
    pub fn line(&self) -> usize {
        self.start.line
    }

    /// How many blocks of data its `COPY ... FROM stdin` will read.
    ///
    /// The server is asked for certain: this is for those who read ahead.
    pub fn copies(&self) -> usize {
        self.copies.from()
    }

    /// How many statements of it write data to the client by `COPY ... TO stdout`.
    pub fn copies_out(&self) -> usize {
        self.copies.to()
    }

    /// How many statements it holds.
    pub fn statements(&self) -> usize {
        self.copies.statements()
    }

    /// Whether there is nothing to be sent.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Begins anew, as after it was sent.
    pub fn clear(&mut self) {
        self.text.clear();
        self.start = Place::default();
        self.copies = Copies::default();
    }

    /// Where its first token begins in the source, in bytes.
    pub fn start(&self) -> usize {
        self.start.offset
    }

    /// Adds a token, which stands at this place and in so many parentheses.
    pub(super) fn push(&mut self, token: Token, text: &str, place: Place, parentheses: usize) {
        if self.text.is_empty() {
            self.start = place;
        }
        self.text.push_str(text);
        self.copies.token(token, text, parentheses);
    }

    /// Begins another statement of the same query.
    pub(super) fn restart(&mut self) {
        self.copies.restart();
    }

    /// Ends a line; the newline is left out where nothing is before it.
    pub(super) fn end_line(&mut self) -> Option<usize> {
        if self.text.is_empty() {
            return None;
        }
        self.text.push('\n');
        Some(self.text.len())
    }

    /// Takes back the newline, if nothing has come after it.
    pub(super) fn take_back(&mut self, newline: Option<usize>) {
        if newline == Some(self.text.len()) {
            self.text.pop();
        }
    }

    /// Goes back to an earlier state.
    pub(super) fn truncate(&mut self, length: usize, copies: Copies) {
        self.text.truncate(length);
        self.copies = copies;
        if self.text.is_empty() {
            self.clear();
        }
    }

    /// What [`Query::truncate`] goes back to.
    pub(super) fn state(&self) -> (usize, Copies) {
        (self.text.len(), self.copies)
    }
}

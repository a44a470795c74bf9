//! Where the scanner stops, what is open there, and the state to which it comes back.

use super::copy::Copies;

/// Why the scanner has stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// A statement has ended: the query is to be sent.
    Semicolon,
    /// A meta-command begins: its name and arguments are to be taken.
    Backslash,
    /// The script has ended. psql sends what the query holds then, whatever is still open.
    End,
}

/// What has not come to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Open {
    /// All has.
    Nothing,
    /// A statement, which lacks its semicolon, or an END.
    Statement,
    /// `'...'`
    SingleQuote,
    /// `"..."`
    DoubleQuote,
    /// `$$...$$`
    DollarQuote,
    /// `/* ... */`
    Comment,
    /// `( ... )`
    Parenthesis,
}

/// What has not come to its end, and the line in which it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// What it is.
    pub what: Open,
    /// Where it began, counted from 1; for [`Open::Nothing`] the present line.
    pub line: usize,
}

/// A state to which an `\if` comes back after a branch that was not taken.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    pub(super) length: usize,
    pub(super) copies: Copies,
    pub(super) parentheses: usize,
}

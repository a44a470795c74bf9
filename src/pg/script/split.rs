//! A script in pieces, without running it: for counting its statements and for checking it beforehand.

use std::collections::VecDeque;
use std::ops::Range;

use super::argument::{Argument, ArgumentError};
use super::call::MetaCall;
use super::lex::is_space;
use super::meta::ends_word;
use super::query::Query;
use super::scan::Scanner;
use super::source::Source;
use super::stop::Stop;
use super::syntax::MetaAction;
use super::variable::Values;

/// Meta-commands that send the query, as a semicolon does.
const SENDING: &[&str] = &["crosstabview", "g", "gdesc", "gexec", "gset", "gx", "watch"];
/// Meta-commands that drop it.
const DROPPING: &[&str] = &["r", "reset"];

/// A piece of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// What it is.
    pub kind: PieceKind,
    /// Where it is in the source's text, in bytes.
    pub range: Range<usize>,
    /// The line in which it begins, counted from 1.
    pub line: usize,
}

/// What a piece of a script is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PieceKind {
    /// Between the others: white space, and comments to the end of their line.
    Blank,
    /// A statement, or the last part of one that something else has interrupted. There is one for each query that psql would
    /// send, a lone semicolon included.
    Statement,
    /// A part of a statement, of which more comes later.
    Part,
    /// A meta-command with its arguments.
    Meta,
    /// What a `COPY ... FROM stdin` reads, with the `\.` after it.
    CopyData,
}

/// A meta-command as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MetaCommand<'a> {
    /// Its line, counted from 1.
    pub line: usize,
    /// Its name, without the backslash.
    pub name: &'a str,
    /// What follows the name.
    pub arguments: &'a str,
}

impl MetaCommand<'_> {
    /// Reads the arguments as the command's row of the table says, and leaves out missing ones.
    ///
    /// # Errors
    /// The first argument in backquotes. An open quote ends the arguments, as in psql.
    pub fn read(&self, values: &Values<'_>) -> Result<Vec<Argument>, ArgumentError> {
        let Some(mut call) = MetaCall::new(self.name) else { return Ok(Vec::new()) };
        let source = Source::new("", self.arguments);
        let mut scanner = Scanner::new(&source);
        scanner.input.next_line();
        let mut all = Vec::new();
        while !call.is_complete() {
            match scanner.argument(&mut call, values) {
                Ok(argument) => all.extend(argument),
                Err(ArgumentError::Unterminated) => {}
                Err(err @ ArgumentError::Backtick { .. }) => return Err(err),
            }
        }
        Ok(all)
    }
}

/// Cuts a script into pieces that together are all of it.
///
/// Variables are not expanded and all branches of `\if` are looked into, so that a script which hides a semicolon
/// in a variable, or a COPY's data in a branch that is not taken, is cut otherwise than it is run.
pub fn split(source: &Source) -> Vec<Piece> {
    let mut scanner = Scanner::new(source);
    let mut query = Query::default();
    let mut cutter = Cutter::new(source.text());
    loop {
        query.clear();
        let stop = scanner.scan(&mut query, &Values::Inactive);
        let at = scanner.input.place().offset;
        match stop {
            Stop::Semicolon => {
                cutter.cut(PieceKind::Statement, query.start(), at);
                cutter.expect_data(&mut scanner, query.copies());
            }
            Stop::Backslash => {
                let backslash = at - 1;
                if !query.is_empty() {
                    cutter.cut(PieceKind::Part, query.start(), backslash);
                    cutter.copies += query.copies();
                }
                cutter.meta(&mut scanner, backslash);
            }
            Stop::End => return cutter.finish(&query),
        }
    }
}

/// The meta-commands among a script's pieces, in order.
pub fn meta_commands<'a>(source: &'a Source, pieces: &'a [Piece]) -> impl Iterator<Item = MetaCommand<'a>> {
    pieces.iter().filter(|it| it.kind == PieceKind::Meta).map(|it| {
        let text = source.text().get(it.range.start + 1..it.range.end).unwrap_or_default();
        let (name, arguments) = text.split_at(text.bytes().position(ends_word).unwrap_or(text.len()));
        MetaCommand { line: it.line, name, arguments }
    })
}

/// How many blocks of data the text reads.
fn copies(text: &str) -> usize {
    let source = Source::new("", text);
    let mut query = Query::default();
    Scanner::new(&source).scan(&mut query, &Values::Inactive);
    query.copies()
}

/// The pieces so far.
#[derive(Debug)]
struct Cutter<'a> {
    text: &'a str,
    pieces: Vec<Piece>,
    at: usize,
    line: usize,
    /// Data that follows the present line.
    data: VecDeque<Range<usize>>,
    /// The last part of a statement that has not come to its end.
    open: Option<usize>,
    /// The blocks of data that it reads.
    copies: usize,
}

impl<'a> Cutter<'a> {
    fn new(text: &'a str) -> Cutter<'a> {
        Cutter { text, pieces: Vec::new(), at: 0, line: 1, data: VecDeque::new(), open: None, copies: 0 }
    }

    /// Adds a piece, and what is blank between it and those before. Blanks at its end are left for the next.
    fn cut(&mut self, kind: PieceKind, start: usize, end: usize) {
        self.run(PieceKind::Blank, start);
        let text = self.text.get(self.at..end).unwrap_or_default();
        let end = self.at + text.trim_end_matches(|it| u8::try_from(it).is_ok_and(is_space)).len();
        self.run(kind, end);
        match kind {
            PieceKind::Statement => self.complete(),
            PieceKind::Part => self.open = self.pieces.len().checked_sub(1),
            PieceKind::Blank | PieceKind::Meta | PieceKind::CopyData => {}
        }
    }

    /// Adds what goes on to `end`, with the data that stands in it.
    fn run(&mut self, kind: PieceKind, end: usize) {
        while self.data.front().is_some_and(|it| it.start < end)
            && let Some(data) = self.data.pop_front()
        {
            let before = if kind == PieceKind::Statement { PieceKind::Part } else { kind };
            self.add(before, data.start);
            self.add(PieceKind::CopyData, data.end);
        }
        self.add(kind, end);
    }

    fn add(&mut self, kind: PieceKind, end: usize) {
        if end > self.at {
            let range = self.at..end;
            let newlines =
                self.text.get(range.clone()).unwrap_or_default().bytes().filter(|it| *it == b'\n').count();
            self.pieces.push(Piece { kind, range, line: self.line });
            self.line += newlines;
            self.at = end;
        }
    }

    fn meta(&mut self, scanner: &mut Scanner<'_>, backslash: usize) {
        let name = scanner.meta_name();
        let mut call = MetaCall::new(&name);
        match &mut call {
            // The run reports an open quote.
            Some(call) => drop(scanner.pass_arguments(call)),
            None => scanner.pass_line(),
        }
        scanner.end_meta();
        let end = scanner.input.place().offset;
        self.cut(PieceKind::Meta, backslash, end);
        if call.is_some_and(|it| it.syntax.action == Some(MetaAction::Copy)) {
            self.expect_data(scanner, copies(self.text.get(backslash + 1..end).unwrap_or_default()));
        }
        if SENDING.contains(&name.as_str()) {
            if let Some(part) = self.open.and_then(|it| self.pieces.get_mut(it)) {
                part.kind = PieceKind::Statement;
            }
            let copies = self.copies;
            self.expect_data(scanner, copies);
            self.sent();
            scanner.reset();
        }
        if DROPPING.contains(&name.as_str()) {
            self.sent();
            scanner.reset();
        }
    }

    /// The statement may have its last part before data at the end of the script.
    fn complete(&mut self) {
        let is_part = |it: &&mut Piece| matches!(it.kind, PieceKind::Part | PieceKind::Statement);
        if let Some(part) = self.pieces.iter_mut().rev().find(is_part) {
            part.kind = PieceKind::Statement;
        }
        self.sent();
    }

    fn sent(&mut self) {
        self.open = None;
        self.copies = 0;
    }

    fn expect_data(&mut self, scanner: &mut Scanner<'_>, blocks: usize) {
        for _ in 0..blocks {
            let data = scanner.copy_data();
            self.data.push_back(data.start..data.end);
        }
    }

    /// What the query holds at the end is sent, even if its last part is long past.
    fn finish(mut self, query: &Query) -> Vec<Piece> {
        if !query.is_empty() {
            self.cut(PieceKind::Statement, query.start(), self.text.len());
        } else if let Some(part) = self.open.and_then(|it| self.pieces.get_mut(it)) {
            part.kind = PieceKind::Statement;
        }
        self.run(PieceKind::Blank, self.text.len());
        self.pieces
    }
}

#[cfg(test)]
mod tests;

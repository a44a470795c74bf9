//! The scanner of SQL: it gathers a statement until something has to be done.

use super::input::{CopyData, Input};
use super::lex::{self, Strings, Token};
use super::query::Query;
use super::quote::Inside;
use super::routine::Routine;
use super::source::Source;
use super::stop::{Mark, Open, Stop, Unfinished};
use super::variable::{Form, Reference, Values};

/// Reads a script, statement after statement.
#[derive(Clone, Debug)]
pub struct Scanner<'a> {
    pub(super) input: Input<'a>,
    pub(super) inside: Inside,
    strings: Strings,
    routine: Routine,
    parentheses: usize,
    /// The lines in which the present quote or comment and the outermost parenthesis began.
    quote_line: usize,
    parenthesis_line: usize,
    /// The query's length after the newline that the present line has added to it.
    newline: Option<usize>,
    recursions: Vec<String>,
    /// Empty lines that belong to a quote or comment.
    empty_lines: Vec<usize>,
}

impl<'a> Scanner<'a> {
    /// A scanner before the first line.
    pub fn new(source: &'a Source) -> Scanner<'a> {
        Scanner {
            input: Input::new(source.text()),
            inside: Inside::Sql,
            strings: Strings::default(),
            routine: Routine::default(),
            parentheses: 0,
            quote_line: 0,
            parenthesis_line: 0,
            newline: None,
            recursions: Vec::new(),
            empty_lines: Vec::new(),
        }
    }

    /// Takes notice of the server's `standard_conforming_strings`.
    pub fn set_strings(&mut self, strings: Strings) {
        self.strings = strings;
    }

    /// Adds to the query until there is something to be done.
    pub fn scan(&mut self, query: &mut Query, values: &Values<'_>) -> Stop {
        loop {
            let rest = self.input.rest();
            if rest.is_empty() {
                match self.next_line(query) {
                    Some(()) => continue,
                    None => return Stop::End,
                }
            }
            let was_sql = self.inside == Inside::Sql;
            let (token, length) = lex::next(rest, &mut self.inside, self.strings);
            if was_sql && self.inside != Inside::Sql {
                self.quote_line = self.line();
            }
            let stop = match token {
                Token::Variable => {
                    self.expand(length, query, values);
                    None
                }
                token => self.add(token, length, query),
            };
            if let Some(stop) = stop {
                self.newline = None;
                return stop;
            }
        }
    }

    /// What is open after the present token.
    pub fn unfinished(&self, query: &Query) -> Unfinished {
        let quoted = |what| Unfinished { what, line: self.quote_line };
        match self.inside {
            Inside::Quote(_) => quoted(Open::SingleQuote),
            Inside::DoubleQuote => quoted(Open::DoubleQuote),
            Inside::Dollar(_) => quoted(Open::DollarQuote),
            Inside::Comment(_) => quoted(Open::Comment),
            Inside::Sql if self.parentheses > 0 => {
                Unfinished { what: Open::Parenthesis, line: self.parenthesis_line }
            }
            Inside::Sql if query.is_empty() => Unfinished { what: Open::Nothing, line: self.line() },
            Inside::Sql => Unfinished { what: Open::Statement, line: query.line() },
        }
    }

    /// The present line, counted from 1. psql names this one in errors.
    pub fn line(&self) -> usize {
        self.input.place().line
    }

    /// Takes the lines after the present one up to `\.` as data, or all if there is none.
    ///
    /// What is left of the present line is scanned afterwards, before the lines after the data.
    pub fn copy_data(&mut self) -> CopyData<'a> {
        self.input.copy_data()
    }

    /// Passes over data that nobody has asked for, if its end is marked.
    pub fn pass_copy_data(&mut self) {
        let mut ahead = self.clone();
        if !ahead.copy_data().mark.is_empty() {
            *self = ahead;
        }
    }

    /// The variables that were left as they are written since their values refer to them, for psql's warning.
    pub fn take_recursions(&mut self) -> Vec<String> {
        std::mem::take(&mut self.recursions)
    }

    /// The empty lines that psql has not passed over, since they belong to a quote or comment.
    pub fn take_empty_lines(&mut self) -> Vec<usize> {
        std::mem::take(&mut self.empty_lines)
    }

    /// Forgets what is open, as psql does after it has sent a query that no semicolon had ended, and at `\r`.
    pub fn reset(&mut self) {
        self.inside = Inside::Sql;
        self.routine = Routine::default();
        self.parentheses = 0;
    }

    /// The state at an `\if`, `\elif` or `\else`.
    pub fn mark(&self, query: &Query) -> Mark {
        let (length, copies) = query.state();
        Mark { length, copies, parentheses: self.parentheses }
    }

    /// Drops what a branch that was not taken has added to the query.
    pub fn rewind(&mut self, query: &mut Query, mark: Mark) {
        query.truncate(mark.length, mark.copies);
        self.parentheses = mark.parentheses;
    }

    /// Goes on to the next line. psql leaves empty ones out, except in quotes and comments.
    fn next_line(&mut self, query: &mut Query) -> Option<()> {
        while self.input.next_line()?.is_empty() {
            if self.inside != Inside::Sql {
                self.empty_lines.push(self.line());
                break;
            }
        }
        self.newline = query.end_line();
        Some(())
    }

    fn add(&mut self, token: Token, length: usize, query: &mut Query) -> Option<Stop> {
        let place = self.input.place();
        let text = self.input.take(length);
        match token {
            Token::Blank if query.is_empty() => return None,
            Token::Backslash => {
                query.take_back(self.newline);
                return Some(Stop::Backslash);
            }
            Token::Escaped => {
                let text = text.trim_start_matches('\\');
                query.push(Token::Text, text, place, self.parentheses);
                if text == ";" {
                    self.routine.restart();
                    query.restart();
                }
                return None;
            }
            Token::Word => self.routine.word(text, self.parentheses),
            Token::Open => {
                if self.parentheses == 0 {
                    self.parenthesis_line = place.line;
                }
                self.parentheses += 1;
            }
            Token::Close => self.parentheses = self.parentheses.saturating_sub(1),
            Token::Blank | Token::Comment | Token::Text | Token::Semicolon | Token::Variable => {}
        }
        query.push(token, text, place, self.parentheses);
        if token != Token::Semicolon || self.parentheses > 0 || self.routine.is_open() {
            return None;
        }
        self.routine.restart();
        Some(Stop::Semicolon)
    }

    /// Puts a variable's value before the rest of the text, or adds it quoted, or leaves the reference as it is.
    fn expand(&mut self, length: usize, query: &mut Query, values: &Values<'_>) {
        let place = self.input.place();
        let written = self.input.take(length).to_owned();
        let Some(reference) = Reference::at(&written) else { return };
        let text = match (reference.form, values.resolve(&reference)) {
            (Form::Plain, Some(_)) if self.input.is_within(reference.name) => {
                self.recursions.push(reference.name.to_owned());
                written.clone()
            }
            (Form::Plain, Some(value)) => return self.input.push(reference.name, value),
            (Form::Literal | Form::Identifier | Form::IsSet, Some(value)) => value,
            (Form::Plain | Form::Literal | Form::Identifier | Form::IsSet, None) => written.clone(),
        };
        query.push(Token::Text, &text, place, self.parentheses);
    }
}

#[cfg(test)]
mod tests;

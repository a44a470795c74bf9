//! Names and arguments of meta-commands, which go on to the end of their line or to the next backslash.

use super::argument::{Argument, ArgumentError, Gathered, Quoting};
use super::call::MetaCall;
use super::lex::is_space;
use super::quote::Inside;
use super::scan::Scanner;
use super::syntax::{ArgumentKind, ArgumentSyntax, Semicolons};
use super::variable::{Reference, Values};

impl Scanner<'_> {
    /// The meta-command's name, without its backslash: all up to white space or another backslash.
    pub fn meta_name(&mut self) -> String {
        let mut name = String::new();
        loop {
            let rest = self.input.rest();
            let length = rest.bytes().position(ends_word).unwrap_or(rest.len());
            if length == 0 {
                return name;
            }
            name.push_str(self.input.take(length));
        }
    }

    /// Reads the next argument as the command's row of the table says. Returns `None` if the argument is missing or the
    /// command takes no more.
    pub fn argument(
        &mut self,
        call: &mut MetaCall,
        values: &Values<'_>,
    ) -> Result<Option<Argument>, ArgumentError> {
        let Some(syntax) = call.next() else { return Ok(None) };
        let argument = self.read(syntax, values);
        call.advance(argument.as_ref().ok().and_then(Option::as_ref));
        argument
    }

    /// Reads an argument beyond those that the command takes. As in psql, nothing in it is expanded or run.
    pub fn extra_argument(&mut self) -> Result<Option<Argument>, ArgumentError> {
        let syntax = ArgumentSyntax { kind: ArgumentKind::Normal, semicolons: Semicolons::Keep };
        self.read(syntax, &Values::Inactive)
    }

    /// Skips all arguments of a command that is not run.
    ///
    /// # Errors
    /// An open quote, which psql reports even there.
    pub fn pass_arguments(&mut self, call: &mut MetaCall) -> Result<(), ArgumentError> {
        let mut passed = Ok(());
        while !call.is_complete() {
            passed = passed.and(self.argument(call, &Values::Inactive).map(drop));
        }
        while passed.is_ok() && self.extra_argument()?.is_some() {}
        passed
    }

    /// Skips the rest of the line, backslashes included, as psql does after a command that has failed.
    pub fn pass_line(&mut self) {
        self.skip_blanks();
        self.rest_of_line();
    }

    /// Ends the command: a `\\` is passed over, anything else is left to be scanned.
    pub fn end_meta(&mut self) {
        if self.input.rest().starts_with("\\\\") {
            self.input.take(2);
        }
        self.inside = Inside::Sql;
    }

    fn read(
        &mut self,
        syntax: ArgumentSyntax,
        values: &Values<'_>,
    ) -> Result<Option<Argument>, ArgumentError> {
        self.skip_blanks();
        match syntax.kind {
            ArgumentKind::WholeLine => Ok(self.rest_of_line()),
            ArgumentKind::FilePipe if self.input.rest().starts_with('|') => Ok(self.rest_of_line()),
            ArgumentKind::Normal | ArgumentKind::SqlId | ArgumentKind::SqlIdHack | ArgumentKind::FilePipe => {
                Ok(self.word(values)?.read_as(syntax))
            }
        }
    }

    fn skip_blanks(&mut self) {
        loop {
            let rest = self.input.rest();
            let length = rest.bytes().position(|it| !is_space(it)).unwrap_or(rest.len());
            if length == 0 {
                return;
            }
            self.input.take(length);
        }
    }

    fn rest_of_line(&mut self) -> Option<Argument> {
        let mut text = Vec::new();
        while let length @ 1.. = self.input.rest().len() {
            text.extend_from_slice(self.input.take(length).as_bytes());
        }
        Argument::line(text)
    }

    fn word(&mut self, values: &Values<'_>) -> Result<Argument, ArgumentError> {
        let mut word = Gathered::default();
        loop {
            match self.input.rest().as_bytes() {
                [] => return word.finish(),
                [it, ..] if ends_word(*it) => return word.finish(),
                [b'\'', ..] => self.single(&mut word)?,
                [b'"', ..] => self.double(&mut word)?,
                [b'`', ..] => self.backtick(&mut word, values)?,
                [b':', ..] => self.colon(&mut word, values),
                [..] => self.bare(&mut word),
            }
        }
    }

    fn bare(&mut self, word: &mut Gathered) {
        let rest = self.input.rest();
        let special = |it| ends_word(it) || matches!(it, b'\'' | b'"' | b'`' | b':');
        let length = rest.bytes().position(special).unwrap_or(rest.len());
        word.bare(self.input.take(length));
    }

    /// A variable's value is not looked into, unlike in SQL.
    fn colon(&mut self, word: &mut Gathered, values: &Values<'_>) {
        let rest = self.input.rest();
        let Some(reference) = Reference::at(rest) else {
            word.bare(self.input.take(1));
            return;
        };
        let (length, form, value) = (reference.length, reference.form, values.resolve(&reference));
        let written = self.input.take(length);
        word.variable(form, value.as_deref().unwrap_or(written));
    }

    /// Backslashes stand for other characters here, as in C.
    fn single(&mut self, word: &mut Gathered) -> Result<(), ArgumentError> {
        self.input.take(1);
        word.quoted(Quoting::Single, b"");
        loop {
            let rest = self.input.rest();
            let length = match rest.as_bytes() {
                [] => return Err(ArgumentError::Unterminated),
                [b'\'', b'\'', ..] => {
                    word.quoted(Quoting::Single, b"'");
                    2
                }
                [b'\'', ..] => {
                    self.input.take(1);
                    return Ok(());
                }
                [b'\\', escape @ ..] => {
                    let (byte, length) = unescaped(escape);
                    word.quoted(Quoting::Single, byte.as_slice());
                    1 + length
                }
                bytes @ [..] => {
                    let plain = bytes.split(|it| matches!(it, b'\'' | b'\\')).next().unwrap_or_default();
                    word.quoted(Quoting::Single, plain);
                    plain.len()
                }
            };
            self.input.take(length);
        }
    }

    fn double(&mut self, word: &mut Gathered) -> Result<(), ArgumentError> {
        let text = self.enclosed('"')?;
        word.quoted(Quoting::Double, text.as_bytes());
        Ok(())
    }

    fn backtick(&mut self, word: &mut Gathered, values: &Values<'_>) -> Result<(), ArgumentError> {
        let text = self.enclosed('`')?;
        let command = text.trim_matches('`');
        word.quoted(Quoting::Backtick, command.as_bytes());
        match values {
            Values::Of(_) => word.command(command.to_owned()),
            Values::Inactive => {}
        }
        Ok(())
    }

    /// All from one such character to the next, both included.
    fn enclosed(&mut self, around: char) -> Result<String, ArgumentError> {
        let mut text = self.input.take(1).to_owned();
        loop {
            let rest = self.input.rest();
            let (length, closed) = match rest.find(around) {
                Some(at) => (at + 1, true),
                None if rest.is_empty() => return Err(ArgumentError::Unterminated),
                None => (rest.len(), false),
            };
            text.push_str(self.input.take(length));
            if closed {
                return Ok(text);
            }
        }
    }
}

/// What ends a word of a meta-command. An unquoted backslash begins the next command.
pub(super) fn ends_word(byte: u8) -> bool {
    is_space(byte) || byte == b'\\'
}

/// The byte an escape stands for, without its backslash, and its length. A backslash alone stands for itself.
fn unescaped(escape: &[u8]) -> (Option<u8>, usize) {
    let number = |digits: &[u8], radix: u32, most: usize| {
        let digits = digits.iter().take(most).map_while(|it| char::from(*it).to_digit(radix));
        digits.fold((0, 0), |(value, length), digit| (value * radix + digit, length + 1))
    };
    let low_byte = |value: u32| Some(value.to_le_bytes()[0]);
    match escape {
        [] => (Some(b'\\'), 0),
        [b'n', ..] => (Some(b'\n'), 1),
        [b't', ..] => (Some(b'\t'), 1),
        [b'b', ..] => (Some(b'\x08'), 1),
        [b'r', ..] => (Some(b'\r'), 1),
        [b'f', ..] => (Some(b'\x0c'), 1),
        [b'0'..=b'7', ..] => {
            let (value, length) = number(escape, 8, 3);
            (low_byte(value), length)
        }
        [b'x', digits @ ..] if digits.first().is_some_and(u8::is_ascii_hexdigit) => {
            let (value, length) = number(digits, 16, 2);
            (low_byte(value), 1 + length)
        }
        [it, ..] if it.is_ascii() => (Some(*it), 1),
        // Of a character of several bytes all follow.
        [..] => (None, 0),
    }
}

#[cfg(test)]
mod tests;

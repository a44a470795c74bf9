//! `[[ ... ]]`.

use super::reader::is_meta;
use super::word::Place;
use super::{Parsed, Parser};

/// Operators with one operand, by the letter after the dash.
const UNARY: &[u8] = b"abcdefghknoprstuvwxzGLNORS";
/// Operators between two operands, but for `<` and `>`.
const BINARY: [&[u8]; 13] =
    [b"=", b"==", b"!=", b"=~", b"-eq", b"-ne", b"-lt", b"-le", b"-gt", b"-ge", b"-nt", b"-ot", b"-ef"];

impl Parser<'_> {
    /// The whole of it, from its brackets on.
    pub(super) fn test(&mut self, line: usize) -> Parsed<()> {
        self.skip(2);
        self.either()?;
        if self.written() != b"]]" {
            return match self.reader.peek() {
                None => self.fail(format!("the `[[` in line {line} has no `]]`")),
                Some(_) => self.unexpected(),
            };
        }
        self.skip(2);
        Ok(())
    }

    fn either(&mut self) -> Parsed<()> {
        loop {
            self.both()?;
            if !self.eat_twice(b'|') {
                return Ok(());
            }
        }
    }

    fn both(&mut self) -> Parsed<()> {
        loop {
            self.term()?;
            if !self.eat_twice(b'&') {
                return Ok(());
            }
        }
    }

    fn eat_twice(&mut self, byte: u8) -> bool {
        self.reader.blanks();
        let is_there = self.reader.peek() == Some(byte) && self.reader.second() == Some(byte);
        if is_there {
            self.skip(2);
        }
        is_there
    }

    fn term(&mut self) -> Parsed<()> {
        self.newlines();
        if self.reader.peek() == Some(b'(') {
            self.reader.bump();
            self.nested(Self::either)?;
            self.newlines();
            if !self.reader.eat(b')') {
                return self.unexpected();
            }
            self.newlines();
            return Ok(());
        }
        let first = self.written();
        match first.as_slice() {
            b"]]" => return self.unexpected(),
            b"!" => {
                self.skip(1);
                return self.nested(Self::term);
            }
            [b'-', letter] if UNARY.contains(letter) => {
                self.skip(2);
                self.operand(Place::Plain)?;
                self.newlines();
                return Ok(());
            }
            _ => drop(self.word(Place::Plain)?),
        }
        self.comparison()
    }

    /// What follows a first operand: an operator and the second one, or what ends it.
    fn comparison(&mut self) -> Parsed<()> {
        self.reader.blanks();
        let place = match (self.reader.peek(), self.reader.second()) {
            (Some(b'<' | b'>'), second) if second != Some(b'(') => {
                self.skip(1);
                Place::Plain
            }
            (Some(b'&'), Some(b'&')) | (Some(b'|'), Some(b'|')) | (Some(b')'), _) => return Ok(()),
            (Some(_) | None, _) => {
                let operator = self.written();
                if operator == b"]]" {
                    return Ok(());
                }
                if !BINARY.contains(&operator.as_slice()) {
                    return self.fail("an operator is missing between two words in `[[`");
                }
                self.skip(operator.len());
                match operator.as_slice() {
                    b"=~" => Place::Expression,
                    b"=" | b"==" | b"!=" => Place::Pattern,
                    _ => Place::Plain,
                }
            }
        };
        self.operand(place)?;
        self.newlines();
        Ok(())
    }

    fn operand(&mut self, place: Place) -> Parsed<()> {
        self.reader.blanks();
        if self.written() == b"]]" {
            return self.unexpected();
        }
        self.word(place).map(drop)
    }

    /// The next word as it is written, up to where an unquoted word would end.
    fn written(&mut self) -> Vec<u8> {
        self.reader.blanks();
        let from = self.reader.at();
        let mut word = Vec::new();
        while let Some(byte) = self.reader.peek() {
            if is_meta(byte) || word.len() > 3 {
                break;
            }
            word.push(byte);
            self.reader.bump();
        }
        self.reader.go(from);
        word
    }
}

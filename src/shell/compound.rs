//! Commands that hold others, and functions.

use super::reader::is_meta;
use super::script::{Arm, Function, Word};
use super::word::Place;
use super::{Parsed, Parser};

impl Parser<'_> {
    /// A command that holds others, if one begins here.
    pub(super) fn compound(&mut self) -> Parsed<bool> {
        let line = self.reader.line();
        if self.reader.peek() == Some(b'(') {
            return self.parentheses(line).map(|()| true);
        }
        match self.upcoming() {
            b"{" => {
                self.skip(1);
                self.list()?;
                self.expect(b"}", "{", line)?;
            }
            b"if" => self.conditional(line)?,
            b"while" => self.repeated(b"while", line)?,
            b"until" => self.repeated(b"until", line)?,
            b"for" => self.each(b"for", line)?,
            b"select" => self.each(b"select", line)?,
            b"case" => self.choice(line)?,
            b"[[" => self.test(line)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// `((...))`, or a list in parentheses.
    fn parentheses(&mut self, line: usize) -> Parsed<()> {
        let start = self.reader.at();
        if self.reader.second() == Some(b'(') {
            let noted = self.reader.spans.len();
            self.skip(2);
            self.matched(b'(', b')')?;
            if self.reader.eat(b')') {
                return Ok(());
            }
            // It was two opening parentheses of two lists.
            self.reader.spans.truncate(noted);
            self.reader.go(start);
        }
        self.reader.bump();
        self.list()?;
        match self.reader.peek() {
            Some(b')') => {
                self.reader.bump();
                Ok(())
            }
            Some(_) => self.unexpected(),
            None => self.fail(format!("the `(` in line {line} is not closed")),
        }
    }

    fn conditional(&mut self, line: usize) -> Parsed<()> {
        self.skip(2);
        loop {
            self.list()?;
            self.expect(b"then", "if", line)?;
            self.list()?;
            match self.upcoming() {
                b"elif" => self.skip(4),
                b"else" => {
                    self.skip(4);
                    self.list()?;
                    return self.expect(b"fi", "if", line);
                }
                _ => return self.expect(b"fi", "if", line),
            }
        }
    }

    fn repeated(&mut self, word: &'static [u8], line: usize) -> Parsed<()> {
        self.skip(word.len());
        self.list()?;
        let opened = String::from_utf8_lossy(word).into_owned();
        self.expect(b"do", &opened, line)?;
        self.list()?;
        self.expect(b"done", &opened, line)
    }

    /// `for` and `select`.
    fn each(&mut self, word: &'static [u8], line: usize) -> Parsed<()> {
        self.skip(word.len());
        self.reader.blanks();
        if word == b"for" && self.reader.peek() == Some(b'(') && self.reader.second() == Some(b'(') {
            return self.counted(line);
        }
        self.word(Place::Plain)?;
        self.reader.blanks();
        if self.reader.eat(b';') {
            self.newlines();
            return self.body(word, line, Braces::Allowed);
        }
        let has_lines = self.reader.peek() == Some(b'\n');
        self.newlines();
        if self.upcoming() != b"in" {
            let braces = if has_lines { Braces::Allowed } else { Braces::Refused };
            return self.body(word, line, braces);
        }
        self.skip(2);
        self.items()?;
        self.body(word, line, Braces::Allowed)
    }

    /// The words after `in`, and what ends them.
    fn items(&mut self) -> Parsed<()> {
        loop {
            self.reader.blanks();
            match self.reader.peek() {
                Some(b';') => {
                    self.reader.bump();
                    break;
                }
                None | Some(b'\n') => break,
                Some(_) => drop(self.word(Place::Plain)?),
            }
        }
        self.newlines();
        Ok(())
    }

    /// `for ((a; b; c))`.
    fn counted(&mut self, line: usize) -> Parsed<()> {
        self.skip(2);
        let start = self.reader.at();
        self.matched(b'(', b')')?;
        let end = self.reader.at() - 1;
        while self.reader.eat(b' ') || self.reader.eat(b'\t') || self.reader.eat(b'\n') {}
        if !self.reader.eat(b')') {
            return self.unexpected();
        }
        if parts(self.reader.slice(start, end)) != 3 {
            return self.fail("a `for ((...))` has three parts, with `;` between them");
        }
        self.reader.blanks();
        self.reader.eat(b';');
        self.newlines();
        self.body(b"for", line, Braces::Allowed)
    }

    /// `do ... done`, or the same in braces.
    fn body(&mut self, word: &'static [u8], line: usize, braces: Braces) -> Parsed<()> {
        let opened = String::from_utf8_lossy(word).into_owned();
        if self.upcoming() == b"{" && braces == Braces::Allowed {
            self.skip(1);
            self.list()?;
            return self.expect(b"}", "{", line);
        }
        self.expect(b"do", &opened, line)?;
        self.list()?;
        self.expect(b"done", &opened, line)
    }

    fn choice(&mut self, line: usize) -> Parsed<()> {
        self.skip(4);
        self.reader.blanks();
        let (subject, _) = self.word(Place::Plain)?;
        self.newlines();
        self.expect(b"in", "case", line)?;
        let outer = self.case.replace(self.cases);
        self.cases += 1;
        loop {
            self.newlines();
            if self.upcoming() == b"esac" {
                self.skip(4);
                break;
            }
            if self.reader.peek().is_none() {
                return self.fail(format!("the `case` in line {line} has no `esac`"));
            }
            self.arm(&subject)?;
            self.newlines();
            if self.reader.peek() == Some(b';') {
                self.skip(2);
                self.reader.eat(b'&');
                continue;
            }
            self.expect(b"esac", "case", line)?;
            break;
        }
        self.case = outer;
        Ok(())
    }

    /// Patterns and what is done where one of them matches, up to the `;;`.
    fn arm(&mut self, subject: &Word) -> Parsed<()> {
        let line = self.reader.line();
        self.reader.eat(b'(');
        let mut patterns = Vec::new();
        loop {
            self.reader.blanks();
            let (word, _) = self.word(Place::Plain)?;
            patterns.extend(word.literal);
            self.reader.blanks();
            match self.reader.peek() {
                Some(b'|') if self.reader.second() != Some(b'|') => self.reader.bump(),
                Some(b')') => break,
                Some(_) => return self.unexpected(),
                None => return self.fail("the script ends in a pattern of a `case`"),
            }
        }
        self.reader.bump();
        let subject = self.reader.slice(subject.range.start, subject.range.end);
        self.script.arms.push(Arm {
            case: self.case.unwrap_or_default(),
            subject: String::from_utf8_lossy(subject).into_owned(),
            patterns,
            line,
            function: self.function,
        });
        self.newlines();
        let is_empty = self.upcoming() == b"esac" || self.is_at_arms_end();
        if is_empty { Ok(()) } else { self.nested(Self::list) }
    }

    fn is_at_arms_end(&mut self) -> bool {
        self.reader.peek() == Some(b';') && matches!(self.reader.second(), Some(b';' | b'&'))
    }

    /// `name () ...`, of which the name has been read.
    pub(super) fn function(&mut self, name: &Word) -> Parsed<()> {
        self.reader.bump();
        self.reader.blanks();
        if !self.reader.eat(b')') {
            return self.unexpected();
        }
        self.function_body(name)
    }

    /// `function name ...`.
    pub(super) fn function_by_word(&mut self) -> Parsed<()> {
        self.skip(8);
        self.reader.blanks();
        let (name, _) = self.word(Place::Plain)?;
        self.reader.blanks();
        if self.reader.peek() == Some(b'(') {
            let at = self.reader.at();
            self.reader.bump();
            self.reader.blanks();
            // Otherwise its body is a list in parentheses.
            if !self.reader.eat(b')') {
                self.reader.go(at);
            }
        }
        self.function_body(&name)
    }

    fn function_body(&mut self, name: &Word) -> Parsed<()> {
        self.newlines();
        let written = self.reader.slice(name.range.start, name.range.end);
        let name = name.literal.clone().unwrap_or_else(|| String::from_utf8_lossy(written).into_owned());
        let line = self.reader.line();
        self.script.functions.push(Function { name, line });
        let outer = self.function.replace(self.script.functions.len() - 1);
        if !self.nested(Self::compound)? {
            return self.unexpected();
        }
        self.function = outer;
        self.redirections()
    }

    /// `coproc`, with a name if a command that holds others follows it.
    pub(super) fn coprocess(&mut self) -> Parsed<()> {
        self.skip(6);
        self.reader.blanks();
        if self.compound()? {
            return self.redirections();
        }
        let start = self.reader.at();
        if self.reader.peek().is_some_and(|it| !is_meta(it)) {
            self.word(Place::Plain)?;
            self.reader.blanks();
            if self.compound()? {
                return self.redirections();
            }
            self.reader.go(start);
        }
        self.simple()
    }
}

/// Whether a loop's body may stand in braces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Braces {
    Allowed,
    Refused,
}

/// How many parts there are between semicolons.
fn parts(text: &[u8]) -> usize {
    let mut quote = None;
    let mut parts = 1;
    for byte in text.iter().copied() {
        match (byte, quote) {
            (b'\'' | b'"', None) => quote = Some(byte),
            (byte, Some(open)) if byte == open => quote = None,
            (b';', None) => parts += 1,
            _ => {}
        }
    }
    parts
}

//! Lists, pipelines and simple commands.

use super::reader::{Document, is_meta};
use super::script::{Assignment, Call, Word};
use super::word::{Place, Setting};
use super::{Parsed, Parser};

/// Words that end a list where a command could begin.
const ENDS: [&[u8]; 8] = [b"then", b"do", b"done", b"fi", b"elif", b"else", b"esac", b"}"];
/// Commands whose arguments may set variables.
const DECLARING: [&[u8]; 8] =
    [b"declare", b"typeset", b"local", b"export", b"readonly", b"alias", b"eval", b"let"];

/// What a simple command has so far.
#[derive(Debug, Default)]
struct Draft {
    assignments: Vec<Assignment>,
    words: Vec<Word>,
    redirections: usize,
}

impl Parser<'_> {
    /// Passes over blanks, comments and ends of lines.
    pub(super) fn newlines(&mut self) {
        loop {
            self.reader.blanks();
            if self.reader.peek() != Some(b'\n') {
                return;
            }
            self.reader.newline();
        }
    }

    /// Commands up to something that ends them; at least one.
    pub(super) fn list(&mut self) -> Parsed<()> {
        self.newlines();
        loop {
            self.and_or()?;
            self.reader.blanks();
            match (self.reader.peek(), self.reader.second()) {
                (Some(b';'), Some(b';' | b'&')) => return Ok(()),
                (Some(b';'), _) => self.reader.bump(),
                (Some(b'&'), Some(second)) if second != b'&' => self.reader.bump(),
                (Some(b'&'), None) => self.reader.bump(),
                (Some(b'\n'), _) => {}
                (Some(_) | None, _) => return Ok(()),
            }
            self.newlines();
            if self.is_at_end() {
                return Ok(());
            }
        }
    }

    /// Whether something that ends a list is next.
    pub(super) fn is_at_end(&mut self) -> bool {
        match (self.reader.peek(), self.reader.second()) {
            (None | Some(b')'), _) | (Some(b';'), Some(b';' | b'&')) => true,
            (Some(_), _) => ENDS.contains(&self.upcoming()),
        }
    }

    /// The word that comes next as it is written, if it has neither quotes nor expansions.
    pub(super) fn upcoming(&mut self) -> &'static [u8] {
        const KNOWN: [&[u8]; 22] = [
            b"if",
            b"then",
            b"elif",
            b"else",
            b"fi",
            b"for",
            b"while",
            b"until",
            b"do",
            b"done",
            b"case",
            b"esac",
            b"select",
            b"function",
            b"coproc",
            b"time",
            b"in",
            b"{",
            b"}",
            b"!",
            b"[[",
            b"]]",
        ];
        let from = self.reader.at();
        let mut word = Vec::new();
        while let Some(byte) = self.reader.peek() {
            if is_meta(byte) || word.len() > 8 {
                break;
            }
            word.push(byte);
            self.reader.bump();
        }
        self.reader.go(from);
        KNOWN.into_iter().find(|it| **it == *word).unwrap_or_default()
    }

    /// Passes over a word that must be here.
    pub(super) fn expect(&mut self, wanted: &'static [u8], opened: &str, line: usize) -> Parsed<()> {
        self.reader.blanks();
        if self.upcoming() == wanted {
            self.skip(wanted.len());
            return Ok(());
        }
        match self.reader.peek() {
            None => {
                let wanted = String::from_utf8_lossy(wanted).into_owned();
                self.fail(format!("the `{opened}` in line {line} has no `{wanted}`"))
            }
            Some(_) => self.unexpected(),
        }
    }

    /// Passes over so many bytes.
    pub(super) fn skip(&mut self, bytes: usize) {
        for _ in 0..bytes {
            self.reader.peek();
            self.reader.bump();
        }
    }

    fn and_or(&mut self) -> Parsed<()> {
        loop {
            self.pipeline()?;
            self.reader.blanks();
            match (self.reader.peek(), self.reader.second()) {
                (Some(b'&'), Some(b'&')) | (Some(b'|'), Some(b'|')) => self.skip(2),
                (Some(_) | None, _) => return Ok(()),
            }
            self.newlines();
        }
    }

    fn pipeline(&mut self) -> Parsed<()> {
        let mut is_prefixed = false;
        loop {
            self.reader.blanks();
            match self.upcoming() {
                b"!" => self.skip(1),
                b"time" => {
                    self.skip(4);
                    self.time_options();
                }
                _ => break,
            }
            is_prefixed = true;
        }
        // Alone they are a command as well.
        if is_prefixed {
            match (self.reader.peek(), self.reader.second()) {
                (None | Some(b'\n'), _) => return Ok(()),
                (Some(b';'), second) if !matches!(second, Some(b';' | b'&')) => return Ok(()),
                (Some(_), _) => {}
            }
        }
        self.command()?;
        loop {
            self.reader.blanks();
            match (self.reader.peek(), self.reader.second()) {
                (Some(b'|'), Some(b'|')) => return Ok(()),
                (Some(b'|'), Some(b'&')) => self.skip(2),
                (Some(b'|'), _) => self.reader.bump(),
                (Some(_) | None, _) => return Ok(()),
            }
            self.newlines();
            match self.upcoming() {
                b"!" => return self.unexpected(),
                // Here it is a command like any other.
                b"time" => self.simple()?,
                _ => self.command()?,
            }
        }
    }

    fn time_options(&mut self) {
        for option in [b"-p", b"--"] {
            self.reader.blanks();
            let at = self.reader.at();
            if self.reader.eat(option[0])
                && self.reader.eat(option[1])
                && self.reader.peek().is_none_or(is_meta)
            {
                continue;
            }
            self.reader.go(at);
        }
    }

    /// A command of any kind.
    pub(super) fn command(&mut self) -> Parsed<()> {
        self.reader.blanks();
        self.nested(|it| {
            if it.compound()? {
                return it.redirections();
            }
            match it.upcoming() {
                b"function" => it.function_by_word(),
                b"coproc" => it.coprocess(),
                b"then" | b"elif" | b"else" | b"fi" | b"do" | b"done" | b"esac" | b"in" | b"}" | b"]]" => {
                    it.unexpected()
                }
                _ => it.simple(),
            }
        })
    }

    /// Redirections after a command that holds others; nothing else may follow them.
    pub(super) fn redirections(&mut self) -> Parsed<()> {
        let mut count = 0;
        loop {
            self.reader.blanks();
            if self.redirection()? {
                count += 1;
                continue;
            }
            let is_word = self.reader.peek().is_some_and(|it| !is_meta(it));
            return if is_word && count > 0 { self.unexpected() } else { Ok(()) };
        }
    }

    /// A command with words.
    pub(super) fn simple(&mut self) -> Parsed<()> {
        self.reader.blanks();
        let start = self.reader.at();
        let mut draft = Draft::default();
        let mut declares = false;
        loop {
            self.reader.blanks();
            if self.redirection()? {
                draft.redirections += 1;
                continue;
            }
            match self.reader.peek() {
                Some(b'(') => {
                    return match (draft.words.as_slice(), draft.assignments.is_empty(), draft.redirections) {
                        ([name], true, 0) => self.function(&name.clone()),
                        _ => self.unexpected(),
                    };
                }
                None | Some(b'\n' | b';' | b'&' | b'|' | b')') => break,
                Some(_) => {}
            }
            let place = match draft.words.is_empty() || declares {
                true => Place::Assignable,
                false => Place::Plain,
            };
            let (word, setting) = self.word(place)?;
            match setting {
                Some(setting) if draft.words.is_empty() => {
                    let assignment = self.assignment(&word, &setting);
                    draft.assignments.push(assignment);
                }
                Some(setting) => {
                    let assignment = self.assignment(&word, &setting);
                    draft.assignments.push(assignment);
                    draft.words.push(word);
                }
                None => {
                    let written = self.reader.slice(word.range.start, word.range.end);
                    declares |= draft.words.is_empty() && DECLARING.contains(&written);
                    draft.words.push(word);
                }
            }
        }
        if draft.words.is_empty() && draft.assignments.is_empty() && draft.redirections == 0 {
            return self.unexpected();
        }
        let line = self.reader.line_of(start);
        let Draft { assignments, words, .. } = draft;
        self.script.calls.push(Call { assignments, words, line, function: self.function });
        Ok(())
    }

    fn assignment(&self, word: &Word, setting: &Setting) -> Assignment {
        let text = |from, to| String::from_utf8_lossy(self.reader.slice(from, to)).into_owned();
        Assignment {
            name: text(word.range.start, setting.name_end),
            key: setting.key.map(|(from, to)| text(from, to).trim_matches(['"', '\'']).to_owned()),
            value: word.literal.clone().filter(|_| !setting.is_array),
            line: self.reader.line_of(word.range.start),
        }
    }

    /// A redirection, if there is one here.
    pub(super) fn redirection(&mut self) -> Parsed<bool> {
        let start = self.reader.at();
        self.descriptor();
        let (first, second) = (self.reader.peek(), self.reader.second());
        let length = match (first, second) {
            (Some(b'&'), Some(b'>')) if self.reader.at() == start => 2,
            (Some(b'<' | b'>'), Some(b'(')) | (Some(b'&'), _) => 0,
            (Some(b'<'), Some(b'<')) => return self.document().map(|()| true),
            (Some(b'>'), Some(b'>' | b'&' | b'|')) | (Some(b'<'), Some(b'&' | b'>')) => 2,
            (Some(b'<' | b'>'), _) => 1,
            (Some(_) | None, _) => 0,
        };
        if length == 0 {
            self.reader.go(start);
            return Ok(false);
        }
        self.skip(length);
        if first == Some(b'&') {
            self.reader.eat(b'>');
        }
        self.target()?;
        Ok(true)
    }

    fn target(&mut self) -> Parsed<()> {
        self.reader.blanks();
        let start = self.reader.at();
        self.descriptor();
        // That would be the beginning of another redirection.
        if self.reader.at() != start {
            return self.unexpected();
        }
        self.word(Place::Plain).map(drop)
    }

    /// Passes over the number or the `{name}` that a redirection may begin with.
    fn descriptor(&mut self) {
        let start = self.reader.at();
        if self.reader.eat(b'{') {
            let mut count = 0;
            while self.reader.peek().is_some_and(|it| it.is_ascii_alphanumeric() || it == b'_') {
                self.reader.bump();
                count += 1;
            }
            if count == 0 || !self.reader.eat(b'}') {
                self.reader.go(start);
            }
        } else {
            while self.reader.peek().is_some_and(|it| it.is_ascii_digit()) {
                self.reader.bump();
            }
        }
        if !matches!(self.reader.peek(), Some(b'<' | b'>')) {
            self.reader.go(start);
        }
    }

    /// `<<`, `<<-` and `<<<`.
    fn document(&mut self) -> Parsed<()> {
        self.skip(2);
        if self.reader.eat(b'<') {
            return self.target();
        }
        let strips_tabs = self.reader.eat(b'-');
        self.reader.blanks();
        let (word, _) = self.word(Place::Plain)?;
        let written = self.reader.slice(word.range.start, word.range.end);
        let is_quoted = written.iter().any(|it| matches!(it, b'\'' | b'"' | b'\\'));
        let delimiter = unquoted(written);
        self.reader.pending.push(Document { delimiter, strips_tabs, joins_lines: !is_quoted });
        Ok(())
    }
}

/// A document's delimiter without its quotes; expansions are not expanded in it.
fn unquoted(written: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    let mut quote = None;
    let mut rest = written.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        match (byte, quote) {
            (b'\\', None) => match rest.next() {
                Some(b'\n') | None => {}
                Some(escaped) => plain.push(escaped),
            },
            (b'\\', Some(b'"')) if matches!(rest.peek(), Some(b'"' | b'\\' | b'$' | b'`')) => {
                plain.extend(rest.next());
            }
            (b'\'' | b'"', None) => quote = Some(byte),
            (byte, Some(open)) if byte == open => quote = None,
            (byte, _) => plain.push(byte),
        }
    }
    plain
}

//! Words: their quotes, expansions and substitutions, and the values of arrays.

use super::reader::is_meta;
use super::script::{SpanKind, Word};
use super::{Parsed, Parser};

/// What a word may hold, by where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Before a command or after one that declares: it may set a variable.
    Assignable,
    /// Among arguments.
    Plain,
    /// In the parentheses of an array: it may begin with a key in brackets.
    Element,
    /// After `==` in `[[`: it may hold patterns in parentheses.
    Pattern,
    /// After `=~` in `[[`.
    Expression,
}

/// Whether quotes around an expansion are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quotes {
    Open,
    None,
}

/// What sets a variable in a word: where the name and the key are, in bytes.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    pub name_end: usize,
    pub key: Option<(usize, usize)>,
    pub is_array: bool,
}

/// A word that is being read.
#[derive(Debug, Default)]
struct Draft {
    start: usize,
    literal: Option<Vec<u8>>,
    /// Whether nothing but a variable's name has been read.
    is_name: bool,
    /// The end of the name, and the key after it.
    name_end: Option<usize>,
    key: Option<(usize, usize)>,
    setting: Option<Setting>,
}

impl Draft {
    fn push(&mut self, byte: u8) {
        if let Some(literal) = &mut self.literal {
            literal.push(byte);
        }
    }

    /// From here on the word means what is only known when it is run.
    fn depends(&mut self) {
        self.literal = None;
        self.is_name = false;
    }
}

impl Parser<'_> {
    /// Reads a word; there is one.
    pub(super) fn word(&mut self, place: Place) -> Parsed<(Word, Option<Setting>)> {
        self.reader.peek();
        let start = self.reader.at();
        let mut draft = Draft { start, literal: Some(Vec::new()), is_name: true, ..Draft::default() };
        while let Some(byte) = self.reader.peek() {
            if !self.piece(byte, place, &mut draft)? {
                break;
            }
        }
        if self.reader.at() == start {
            return self.unexpected();
        }
        let literal = draft.literal.map(|it| String::from_utf8_lossy(&it).into_owned());
        Ok((Word { range: start..self.reader.at(), literal }, draft.setting))
    }

    /// Reads the next piece of a word; no if the word ends here.
    fn piece(&mut self, byte: u8, place: Place, draft: &mut Draft) -> Parsed<bool> {
        let at = self.reader.at();
        match byte {
            b'\\' => {
                self.reader.bump();
                draft.is_name = false;
                match self.reader.raw() {
                    Some(escaped) => draft.push(escaped),
                    None => draft.push(b'\\'),
                }
                self.escaped();
            }
            b'\'' => {
                self.single_quotes()?;
                draft.is_name = false;
                self.literally(draft, at + 1);
            }
            b'"' => self.double_quoted(draft)?,
            b'`' => {
                draft.depends();
                self.backquotes()?;
            }
            b'$' => self.dollar(Quotes::None, draft)?,
            b'<' | b'>' if self.reader.second() == Some(b'(') => {
                draft.depends();
                self.reader.bump();
                self.substitution()?;
            }
            b'[' if self.begins_key(place, draft) => self.key(draft)?,
            b'=' | b'+' if self.sets(byte, place, draft) => self.value(draft)?,
            b'(' if place == Place::Expression => {
                draft.depends();
                self.reader.bump();
                self.matched(b'(', b')')?;
            }
            b'|' if place == Place::Expression => {
                self.reader.bump();
                draft.push(byte);
            }
            b'?' | b'*' | b'+' | b'@' | b'!'
                if place == Place::Pattern && self.reader.second() == Some(b'(') =>
            {
                draft.depends();
                self.reader.bump();
                self.reader.bump();
                self.matched(b'(', b')')?;
            }
            byte if is_meta(byte) => return Ok(false),
            byte => {
                let is_digit = byte.is_ascii_digit() && at > draft.start;
                draft.is_name &= byte.is_ascii_alphabetic() || byte == b'_' || is_digit;
                draft.push(byte);
                self.reader.bump();
            }
        }
        Ok(true)
    }

    /// Passes over what a backslash protects.
    fn escaped(&mut self) {
        if self.reader.raw().is_some() {
            self.reader.bump();
        }
    }

    /// Adds what was written since `from`, but for the quote at its end.
    fn literally(&mut self, draft: &mut Draft, from: usize) {
        let text = self.reader.slice(from, self.reader.at() - 1);
        if let Some(literal) = &mut draft.literal {
            literal.extend(text);
        }
    }

    fn double_quoted(&mut self, draft: &mut Draft) -> Parsed<()> {
        let start = self.reader.at();
        self.double_quotes()?;
        draft.is_name = false;
        let text = self.reader.slice(start + 1, self.reader.at() - 1);
        match text.iter().any(|it| matches!(it, b'$' | b'`' | b'\\')) {
            true => draft.depends(),
            false => self.literally(draft, start + 1),
        }
        Ok(())
    }

    fn begins_key(&self, place: Place, draft: &Draft) -> bool {
        let at = self.reader.at();
        match place {
            Place::Assignable => draft.is_name && at > draft.start && draft.name_end.is_none(),
            Place::Element => at == draft.start,
            Place::Plain | Place::Pattern | Place::Expression => false,
        }
    }

    fn key(&mut self, draft: &mut Draft) -> Parsed<()> {
        let start = self.reader.at();
        self.reader.bump();
        self.matched(b'[', b']')?;
        draft.depends();
        draft.name_end = Some(start);
        draft.key = Some((start + 1, self.reader.at() - 1));
        Ok(())
    }

    /// Whether this is the sign between a variable and its value.
    fn sets(&mut self, byte: u8, place: Place, draft: &Draft) -> bool {
        let at = self.reader.at();
        let is_after_key = draft.key.is_some_and(|(_, end)| end + 1 == at);
        let is_after_name = draft.is_name && at > draft.start;
        let is_sign = byte == b'=' || self.reader.second() == Some(b'=');
        place == Place::Assignable && draft.setting.is_none() && is_sign && (is_after_key || is_after_name)
    }

    fn value(&mut self, draft: &mut Draft) -> Parsed<()> {
        let name_end = draft.name_end.unwrap_or(self.reader.at());
        if !self.reader.eat(b'=') {
            self.reader.bump();
            self.reader.eat(b'=');
        }
        let is_array = self.reader.peek() == Some(b'(');
        draft.setting = Some(Setting { name_end, key: draft.key, is_array });
        draft.is_name = false;
        draft.literal = Some(Vec::new());
        if is_array {
            draft.depends();
            self.reader.bump();
            self.array()?;
        }
        Ok(())
    }

    /// The elements of an array, up to the parenthesis that closes it.
    fn array(&mut self) -> Parsed<()> {
        self.nested(|it| {
            loop {
                it.newlines();
                match it.reader.peek() {
                    Some(b')') => {
                        it.reader.bump();
                        return Ok(());
                    }
                    None => return it.fail("the `(` of an array is not closed"),
                    Some(_) => {
                        it.word(Place::Element)?;
                    }
                }
            }
        })
    }

    /// `'...'`; nothing in it means anything.
    pub(super) fn single_quotes(&mut self) -> Parsed<()> {
        let start = self.reader.at();
        self.reader.bump();
        while let Some(byte) = self.reader.raw() {
            self.reader.bump();
            if byte == b'\'' {
                self.reader.note(start, SpanKind::Quoted);
                return Ok(());
            }
        }
        self.open(start, "'")
    }

    /// `$'...'`, in which backslashes mean something.
    fn escaping_quotes(&mut self) -> Parsed<()> {
        let start = self.reader.at();
        self.reader.bump();
        while let Some(byte) = self.reader.raw() {
            self.reader.bump();
            match byte {
                b'\'' => {
                    self.reader.note(start, SpanKind::Quoted);
                    return Ok(());
                }
                b'\\' => self.escaped(),
                _ => {}
            }
        }
        self.open(start, "'")
    }

    /// `"..."`.
    pub(super) fn double_quotes(&mut self) -> Parsed<()> {
        let start = self.reader.at();
        self.reader.bump();
        while let Some(byte) = self.reader.raw() {
            match byte {
                b'"' => {
                    self.reader.bump();
                    self.reader.note(start, SpanKind::Quoted);
                    return Ok(());
                }
                b'\\' => {
                    self.reader.bump();
                    self.escaped();
                }
                b'`' => self.backquotes()?,
                b'$' => self.dollar(Quotes::Open, &mut Draft::default())?,
                _ => self.reader.bump(),
            }
        }
        self.open(start, "\"")
    }

    /// The old form of a substitution, whose commands bash reads only when it runs them.
    fn backquotes(&mut self) -> Parsed<()> {
        let start = self.reader.at();
        self.reader.bump();
        while let Some(byte) = self.reader.raw() {
            self.reader.bump();
            match byte {
                b'`' => return Ok(()),
                b'\\' => self.escaped(),
                _ => {}
            }
        }
        self.open(start, "`")
    }

    /// What a dollar begins.
    fn dollar(&mut self, quotes: Quotes, draft: &mut Draft) -> Parsed<()> {
        self.reader.bump();
        match (self.reader.peek(), quotes) {
            (Some(b'('), _) => {
                draft.depends();
                match self.reader.second() {
                    Some(b'(') => {
                        self.reader.bump();
                        self.matched(b'(', b')')
                    }
                    _ => self.substitution(),
                }
            }
            (Some(b'{'), _) => {
                draft.depends();
                self.braces(quotes)
            }
            (Some(b'['), _) => {
                draft.depends();
                self.reader.bump();
                self.matched(b'[', b']')
            }
            (Some(b'\''), Quotes::None) => {
                draft.depends();
                self.escaping_quotes()
            }
            (Some(b'"'), Quotes::None) => self.double_quoted(draft),
            (Some(byte), _) if !is_meta(byte) && byte != b'"' => {
                draft.depends();
                // The shell's own number, after which nothing is left for this dollar to begin.
                self.reader.eat(b'$');
                Ok(())
            }
            (Some(_) | None, _) => {
                draft.push(b'$');
                Ok(())
            }
        }
    }

    /// `(...)` with commands in it: of `$(...)`, `<(...)` and `>(...)`.
    pub(super) fn substitution(&mut self) -> Parsed<()> {
        let start = self.reader.at();
        self.reader.bump();
        let mut documents = std::mem::take(&mut self.reader.pending);
        let closes = std::mem::replace(&mut self.reader.closes_documents, true);
        self.nested(|it| {
            it.newlines();
            if it.reader.peek() != Some(b')') {
                it.list()?;
            }
            match it.reader.peek() {
                Some(b')') => {
                    it.reader.bump();
                    Ok(())
                }
                Some(_) => it.unexpected(),
                None => it.open(start, "("),
            }
        })?;
        // The lines of a document that did not come before the parenthesis come after this line.
        documents.append(&mut self.reader.pending);
        self.reader.pending = documents;
        self.reader.closes_documents = closes;
        Ok(())
    }

    /// Up to what closes it; what is quoted or an expansion does not count.
    pub(super) fn matched(&mut self, open: u8, close: u8) -> Parsed<()> {
        let start = self.reader.at();
        self.nested(|it| {
            let mut depth = 1usize;
            while let Some(byte) = it.reader.raw() {
                if byte == close {
                    it.reader.bump();
                    depth -= 1;
                    if depth == 0 {
                        return Ok(());
                    }
                } else if byte == open {
                    it.reader.bump();
                    depth += 1;
                } else {
                    it.inside(byte, Quotes::None)?;
                }
            }
            it.open(start, &char::from(open).to_string())
        })
    }

    /// A piece of what is in parentheses, brackets or braces.
    fn inside(&mut self, byte: u8, quotes: Quotes) -> Parsed<()> {
        match byte {
            b'\\' => {
                self.reader.bump();
                self.escaped();
                Ok(())
            }
            b'\'' => self.single_quotes(),
            b'"' => self.double_quotes(),
            b'`' => self.backquotes(),
            b'$' => self.dollar(quotes, &mut Draft::default()),
            _ => {
                self.reader.bump();
                Ok(())
            }
        }
    }

    /// `{...}` after a dollar.
    fn braces(&mut self, quotes: Quotes) -> Parsed<()> {
        let start = self.reader.at();
        self.reader.bump();
        self.nested(|it| {
            while let Some(byte) = it.reader.raw() {
                match byte {
                    b'}' => {
                        it.reader.bump();
                        return Ok(());
                    }
                    b'<' | b'>' if it.reader.second() == Some(b'(') => {
                        it.reader.bump();
                        it.substitution()?;
                    }
                    byte => it.inside(byte, quotes)?,
                }
            }
            it.open(start, "${")
        })
    }

    fn open<T>(&mut self, start: usize, what: &str) -> Parsed<T> {
        let line = self.reader.line_of(start);
        self.fail(format!("the `{what}` in line {line} is not closed"))
    }
}

//! `Reader`: the bytes of a script, one after the other, with what bash passes over left out.

use super::lines::Lines;
use super::script::{Span, SpanKind};

/// A place in a script.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    /// Documents whose lines follow the present one.
    pub pending: Vec<Document>,
    /// Whether a `)` right after a document's last line counts, as in `$(...)`.
    pub closes_documents: bool,
    /// The parts that are no code.
    pub spans: Vec<Span>,
    lines: Lines,
}

/// A document that a command reads from the script.
#[derive(Debug)]
pub(super) struct Document {
    /// The line that ends it.
    pub delimiter: Vec<u8>,
    /// Whether its lines' first tabs do not count.
    pub strips_tabs: bool,
    /// Whether backslashes at the ends of lines join them.
    pub joins_lines: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        let (pending, spans) = (Vec::new(), Vec::new());
        Self { text, at: 0, pending, closes_documents: false, spans, lines: Lines::of(text) }
    }

    /// The place, in bytes.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Goes back to a place.
    pub(super) fn go(&mut self, at: usize) {
        self.at = at;
    }

    /// The line, counted from 1.
    pub(super) fn line(&self) -> usize {
        self.line_of(self.at)
    }

    pub(super) fn line_of(&self, at: usize) -> usize {
        self.lines.number(at)
    }

    /// What is written between two places.
    pub(super) fn slice(&self, from: usize, to: usize) -> &'a [u8] {
        self.text.get(from..to).unwrap_or_default()
    }

    /// The next byte. Lines that a backslash joins have no end there, and NULs are not there at all.
    pub(super) fn peek(&mut self) -> Option<u8> {
        loop {
            match self.text.get(self.at..) {
                Some([b'\\', b'\n', ..]) => self.at += 2,
                Some([0, ..]) => self.at += 1,
                Some([it, ..]) => return Some(*it),
                Some([]) | None => return None,
            }
        }
    }

    /// The byte after the next one, as it is written.
    pub(super) fn second(&mut self) -> Option<u8> {
        self.peek()?;
        let at = self.at;
        self.at += 1;
        let second = self.peek();
        self.at = at;
        second
    }

    /// The next byte as it is written, even if a backslash comes before it.
    pub(super) fn raw(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// Passes over the next byte.
    pub(super) fn bump(&mut self) {
        self.at += 1;
    }

    /// Passes over the byte if it is the next one.
    pub(super) fn eat(&mut self, wanted: u8) -> bool {
        let is_there = self.peek() == Some(wanted);
        self.at += usize::from(is_there);
        is_there
    }

    /// Passes over blanks, and over a comment.
    pub(super) fn blanks(&mut self) {
        while let Some(b' ' | b'\t') = self.peek() {
            self.at += 1;
        }
        if self.peek() == Some(b'#') {
            self.comment();
        }
    }

    /// Passes over a comment, up to the end of its line.
    pub(super) fn comment(&mut self) {
        let start = self.at;
        let rest = self.text.get(start..).unwrap_or_default();
        self.at += rest.iter().position(|it| *it == b'\n').unwrap_or(rest.len());
        self.note(start, SpanKind::Comment);
    }

    /// Remembers that from `start` up to here there is no code.
    pub(super) fn note(&mut self, start: usize, kind: SpanKind) {
        self.spans.push(Span { range: start..self.at, kind });
    }

    /// Passes over a line's end, and over the documents after it.
    pub(super) fn newline(&mut self) {
        self.at += 1;
        for document in std::mem::take(&mut self.pending) {
            let start = self.at;
            self.document(&document);
            self.note(start, SpanKind::HereDocument);
        }
    }

    fn document(&mut self, document: &Document) {
        while self.at < self.text.len() {
            let start = self.at;
            let line = self.document_line(document);
            if line == document.delimiter {
                return;
            }
            let after = line.strip_prefix(document.delimiter.as_slice());
            if self.closes_documents && after.is_some_and(|it| it.first() == Some(&b')')) {
                let written = self.slice(start, self.at);
                let tabs = written.iter().take_while(|it| document.strips_tabs && **it == b'\t').count();
                self.at = start + tabs + document.delimiter.len();
                return;
            }
        }
    }

    /// A line of a document, without its end.
    fn document_line(&mut self, document: &Document) -> Vec<u8> {
        let mut line = Vec::new();
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let end = rest.iter().position(|it| *it == b'\n');
            let written = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
            self.at += end.map_or(rest.len(), |it| it + 1);
            line.extend(written.iter().filter(|it| **it != 0));
            let backslashes = line.iter().rev().take_while(|it| **it == b'\\').count();
            if document.joins_lines && backslashes % 2 == 1 && end.is_some() {
                line.pop();
                continue;
            }
            if document.strips_tabs {
                let tabs = line.iter().take_while(|it| **it == b'\t').count();
                line.drain(..tabs);
            }
            return line;
        }
    }

    /// What stands here, for messages.
    pub(super) fn token(&mut self) -> String {
        match self.peek() {
            None => String::new(),
            Some(b'\n') => "end of line".to_owned(),
            Some(first) => {
                let rest = self.text.get(self.at..).unwrap_or_default();
                let is_operator = is_meta(first);
                let length =
                    rest.iter().take_while(|it| is_meta(**it) == is_operator && !is_blank(**it)).count();
                let most = if is_operator { 3 } else { 40 };
                let token = rest.get(..length.clamp(1, most)).unwrap_or_default();
                String::from_utf8_lossy(token).into_owned()
            }
        }
    }
}

/// Whether a byte ends a word.
pub(super) fn is_meta(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'|' | b'&' | b';' | b'(' | b')' | b'<' | b'>')
}

pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n')
}

//! `ScriptFile`: a shell script of a resource, with what is code in it and what is not.

use crate::shell::{self, Script, SpanKind, SyntaxError};

/// A shell script.
#[derive(Debug)]
pub struct ScriptFile {
    /// Its path from the resource's directory.
    pub path: String,
    /// Its bytes.
    pub text: Vec<u8>,
    /// What it says, or why bash could not read it.
    pub parsed: Result<Script, SyntaxError>,
    ends: Vec<usize>,
}

/// What stands at a place of a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What is run.
    Code,
    /// A comment.
    Comment,
    /// A text in quotes.
    Quoted,
    /// A text that a command reads.
    HereDocument,
}

impl ScriptFile {
    /// Reads a script.
    pub fn new(path: String, text: Vec<u8>) -> Self {
        let parsed = shell::parse(&text);
        let ends = text.iter().enumerate().filter(|(_, it)| **it == b'\n').map(|(at, _)| at).collect();
        Self { path, text, parsed, ends }
    }

    /// What it says, if bash can read it.
    pub fn script(&self) -> Option<&Script> {
        self.parsed.as_ref().ok()
    }

    /// Whether a text is anywhere in it.
    pub fn holds(&self, text: &str) -> bool {
        String::from_utf8_lossy(&self.text).contains(text)
    }

    /// The line of a place, counted from 1.
    pub fn line_of(&self, at: usize) -> usize {
        self.ends.partition_point(|it| *it < at) + 1
    }

    /// The line that a place is in, without the blanks around it.
    pub fn line_text(&self, at: usize) -> String {
        let before = self.ends.partition_point(|it| *it < at);
        let start = before.checked_sub(1).and_then(|it| self.ends.get(it)).map_or(0, |it| it + 1);
        let end = self.ends.get(before).copied().unwrap_or(self.text.len());
        let line = String::from_utf8_lossy(self.text.get(start..end).unwrap_or_default());
        line.trim().chars().take(120).collect()
    }

    /// What stands at a place. Of a script that bash cannot read, everything is taken for code.
    pub fn kind_at(&self, at: usize) -> Kind {
        let spans = self.script().map(|it| it.spans.as_slice()).unwrap_or_default();
        let until = spans.partition_point(|it| it.range.start <= at);
        let holding = spans.get(..until).unwrap_or_default().iter().rev().find(|it| it.range.contains(&at));
        match holding.map(|it| it.kind) {
            None => Kind::Code,
            Some(SpanKind::Comment) => Kind::Comment,
            Some(SpanKind::Quoted) => Kind::Quoted,
            Some(SpanKind::HereDocument) => Kind::HereDocument,
        }
    }

    /// Whether a variable of the name that stands here is expanded.
    pub fn is_expanded_at(&self, at: usize) -> bool {
        let before = self.text.get(..at).unwrap_or_default();
        before.ends_with(b"$")
            || before.ends_with(b"${")
            || before.ends_with(b"${!")
            || before.ends_with(b"${#")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_told_from_comments_texts_and_documents() {
        let text = "a --x # --x\necho 'say --x' \"$(b --x)\"\ncat <<E\n--x $X\nE\nc --x\n";
        let script = ScriptFile::new("a.sh".to_owned(), text.as_bytes().to_vec());
        let kinds: Vec<Kind> = text.match_indices("--x").map(|(at, _)| script.kind_at(at)).collect();
        assert_eq!(
            kinds,
            [Kind::Code, Kind::Comment, Kind::Quoted, Kind::Quoted, Kind::HereDocument, Kind::Code]
        );
        let lines: Vec<usize> = text.match_indices("--x").map(|(at, _)| script.line_of(at)).collect();
        assert_eq!(lines, [1, 1, 2, 2, 4, 6]);
        assert!(script.is_expanded_at(text.find("X\n").unwrap()));
        assert_eq!(script.line_text(text.rfind("--x").unwrap()), "c --x");
    }
}

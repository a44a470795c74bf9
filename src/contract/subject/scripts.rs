//! `ScriptFile`: a shell script of a resource, with what is code in it and what is not.

use crate::shell::{self, Lines, Script, SpanKind, SyntaxError};

/// A shell script.
#[derive(Debug)]
pub struct ScriptFile {
    /// Its path from the resource's directory.
    pub path: String,
    /// What is in it, with a `?` for each byte that is no text, so that places are those of its bytes.
    pub text: String,
    /// What it says, or why bash could not read it.
    pub parsed: Result<Script, SyntaxError>,
    lines: Lines,
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
    pub fn new(path: String, bytes: Vec<u8>) -> Self {
        let (parsed, lines) = (shell::parse(&bytes), Lines::of(&bytes));
        let text = String::from_utf8(bytes).unwrap_or_else(|err| readable(err.as_bytes()));
        Self { path, text, parsed, lines }
    }

    /// What it says, if bash can read it.
    pub fn script(&self) -> Option<&Script> {
        self.parsed.as_ref().ok()
    }

    /// Whether a text is anywhere in it.
    pub fn holds(&self, text: &str) -> bool {
        self.text.contains(text)
    }

    /// The line of a place, counted from 1.
    pub fn line_of(&self, at: usize) -> usize {
        self.lines.number(at)
    }

    /// The line that a place is in, without the blanks around it.
    pub fn line_text(&self, at: usize) -> String {
        let line = self.text.get(self.lines.range(at)).unwrap_or_default();
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
        ["$", "${", "${!", "${#"].iter().any(|it| before.ends_with(it))
    }
}

/// Text as long as the bytes.
fn readable(bytes: &[u8]) -> String {
    let chunks = bytes.utf8_chunks();
    chunks.flat_map(|it| [it.valid().to_owned(), "?".repeat(it.invalid().len())]).collect()
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

    #[test]
    fn bytes_that_are_no_text_leave_every_place_where_it_is() {
        let script = ScriptFile::new("a.sh".to_owned(), b"# caf\xe9 \xe2\x82\na --x\n".to_vec());
        assert_eq!(script.text, "# caf? ??\na --x\n");
        let at = script.text.find("--x").unwrap();
        assert_eq!((script.line_of(at), script.kind_at(at)), (2, Kind::Code));
    }
}

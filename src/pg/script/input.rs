//! Where a scanner reads: in the lines of a source, or in the values that variables have put before their rest.

/// The lines of a text, one of which is being read.
#[derive(Clone, Debug)]
pub(super) struct Input<'a> {
    text: &'a str,
    present: Line,
    next: Line,
    values: Vec<Value>,
}

/// A line, from what is not read of it to its end; the next one has no known end yet.
#[derive(Clone, Copy, Debug)]
struct Line {
    at: usize,
    end: usize,
    number: usize,
}

/// The value of a variable that is read in its place.
#[derive(Clone, Debug)]
struct Value {
    name: String,
    text: String,
    at: usize,
}

/// A point of the source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// Its line, counted from 1.
    pub line: usize,
    /// Its distance from the beginning, in bytes.
    pub offset: usize,
}

/// Lines of a script that are no SQL but what a `COPY ... FROM stdin` reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CopyData<'a> {
    /// The lines, each with its end, without the `\.` after them.
    pub text: &'a str,
    /// The number of the first.
    pub line: usize,
    /// The number of the last, which is that of the `\.` if there is one.
    pub last_line: usize,
    /// That line, with its end; empty if there is none.
    pub mark: &'a str,
    /// Where they begin.
    pub(super) start: usize,
    /// Where the line after them and their `\.` begins.
    pub(super) end: usize,
}

impl<'a> Input<'a> {
    /// A text before its first line.
    pub(super) fn new(text: &'a str) -> Input<'a> {
        let next = Line { at: 0, end: 0, number: 1 };
        Input { text, present: Line { number: 0, ..next }, next, values: Vec::new() }
    }

    /// What is to be read next: of a value, otherwise of the line. Empty at the line's end only.
    pub(super) fn rest(&mut self) -> &str {
        while self.values.pop_if(|it| it.at >= it.text.len()).is_some() {}
        let rest = match self.values.last() {
            Some(value) => value.text.get(value.at..),
            None => self.text.get(self.present.at..self.present.end),
        };
        rest.unwrap_or_default()
    }

    /// Reads as many bytes of the rest.
    pub(super) fn take(&mut self, length: usize) -> &str {
        let (text, at) = match self.values.last_mut() {
            Some(value) => (value.text.as_str(), &mut value.at),
            None => (self.text, &mut self.present.at),
        };
        let from = *at;
        *at += length;
        text.get(from..from + length).unwrap_or_default()
    }

    /// Goes on to the next line, from which the newline is left out; `None` after the last.
    pub(super) fn next_line(&mut self) -> Option<&'a str> {
        let line = self.text.get(self.next.at..).filter(|it| !it.is_empty())?;
        let (line, length) = match line.find('\n') {
            Some(length) => (line.get(..length).unwrap_or_default(), length + 1),
            None => (line, line.len()),
        };
        self.present = Line { end: self.next.at + line.len(), ..self.next };
        self.next = Line { at: self.next.at + length, end: 0, number: self.next.number + 1 };
        Some(line)
    }

    /// Takes the lines after the present one up to a `\.`, or all; the present line is not touched.
    pub(super) fn copy_data(&mut self) -> CopyData<'a> {
        let start = self.next;
        let rest = self.text.get(start.at..).unwrap_or_default();
        let (data, length) = until_mark(rest);
        let block = rest.get(..length).unwrap_or_default();
        let newlines = block.bytes().filter(|it| *it == b'\n').count();
        self.next = Line { at: start.at + length, end: 0, number: start.number + newlines };
        let last_line = (start.number + newlines).saturating_sub(usize::from(block.ends_with('\n')));
        let mark = block.get(data.len()..).unwrap_or_default();
        CopyData { text: data, line: start.number, last_line, mark, start: start.at, end: self.next.at }
    }

    /// Puts a variable's value before the rest.
    pub(super) fn push(&mut self, name: &str, text: String) {
        self.values.push(Value { name: name.to_owned(), text, at: 0 });
    }

    /// Whether it is this variable's value that is being read, or one that stands in it.
    pub(super) fn is_within(&self, name: &str) -> bool {
        self.values.iter().any(|it| it.name == name)
    }

    /// How far the source is read.
    pub(super) fn place(&self) -> Place {
        Place { line: self.present.number, offset: self.present.at }
    }
}

/// The lines before a line of `\.`, and the length of all of it.
fn until_mark(text: &str) -> (&str, usize) {
    let before = |at: usize| text.get(..at).unwrap_or_default();
    for (at, mark) in text.match_indices("\\.") {
        let after = text.get(at + mark.len()..).unwrap_or_default();
        let line_end = ["\n", "\r\n"].into_iter().find(|it| after.starts_with(it));
        let line_end = line_end.or_else(|| after.trim_start_matches('\r').is_empty().then_some(after));
        if let (Some(line_end), true) = (line_end, at == 0 || before(at).ends_with('\n')) {
            return (before(at), at + mark.len() + line_end.len());
        }
    }
    (text, text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_ends_at_a_line_that_is_a_mark_alone() {
        let table = [
            ("1\n\\.\nSELECT", "1\n", 5),
            ("1\r\n\\.\r\nSELECT", "1\r\n", 7),
            ("\\.\n", "", 3),
            ("\\.", "", 2),
            ("1\n\\.", "1\n", 4),
            ("1\n", "1\n", 2),
            ("1", "1", 1),
            ("", "", 0),
            ("a\\.\n\\.b\n \\.\n\\. \n\\.\n", "a\\.\n\\.b\n \\.\n\\. \n", 19),
        ];
        for (text, data, length) in table {
            assert_eq!(until_mark(text), (data, length), "{text:?}");
        }
    }

    #[test]
    fn a_line_comes_without_its_newline_but_with_its_carriage_return() {
        let mut input = Input::new("a\r\n\nb");
        let lines: Vec<_> = std::iter::from_fn(|| input.next_line()).collect();
        assert_eq!(lines, ["a\r", "", "b"]);
        assert_eq!(input.place().line, 3);
    }

    #[test]
    fn a_value_is_read_before_the_rest_of_the_line() {
        let mut input = Input::new("ab");
        input.next_line();
        input.take(1);
        input.push("x", "12".to_owned());
        assert!(input.is_within("x"));
        assert_eq!(input.take(2), "12");
        assert_eq!(input.rest(), "b");
        assert!(!input.is_within("x"));
    }
}

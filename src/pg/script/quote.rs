//! How far text in quotes, dollar quotes and comments goes, within one line.

use super::lex::{is_name, is_name_start, is_space};

/// What the scanner is in the middle of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Inside {
    /// Nothing: SQL.
    Sql,
    /// `'...'`.
    Quote(Escapes),
    /// `"..."`.
    DoubleQuote,
    /// A dollar quote with this delimiter, dollars included.
    Dollar(String),
    /// A comment, with as many others around it.
    Comment(usize),
}

/// Whether a backslash hides the character after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Escapes {
    /// It is a character as others.
    No,
    /// It does.
    Yes,
}

impl Inside {
    /// How much of the text belongs to what is open, which is closed or goes on after it. Not to be asked in SQL.
    pub(super) fn run(&mut self, text: &str) -> usize {
        let end = match self {
            Inside::Sql => Some(0),
            Inside::Quote(escapes) => single_end(text, *escapes),
            Inside::DoubleQuote => double_end(text),
            Inside::Dollar(delimiter) => text.find(delimiter.as_str()).map(|at| at + delimiter.len()),
            Inside::Comment(around) => comment_end(text, around),
        };
        if end.is_some() {
            *self = Inside::Sql;
        }
        end.unwrap_or(text.len())
    }
}

/// The delimiter of a dollar quote, if the text begins with one.
pub(super) fn dollar_delimiter(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('$')?;
    let tag = inner.get(..inner.find('$')?)?;
    let is_tag =
        tag.bytes().all(|it| is_name(it) && it != b'$') && tag.bytes().next().is_none_or(is_name_start);
    is_tag.then(|| text.get(..tag.len() + 2)).flatten()
}

fn single_end(text: &str, escapes: Escapes) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        let rest = bytes.get(at..)?;
        at += match escapes {
            Escapes::No => rest.iter().position(|it| *it == b'\'')?,
            Escapes::Yes => rest.iter().position(|it| matches!(it, b'\'' | b'\\'))?,
        };
        match bytes.get(at..)? {
            [b'\\', ..] => at += 2,
            [b'\'', b'\'', ..] => at += 2,
            [_, after @ ..] => match continuation(after) {
                Some(length) => at += 1 + length,
                None => return Some(at + 1),
            },
            [] => return None,
        }
    }
}

/// The length of blanks with a newline and of the quote after them, which carries a literal on.
///
/// Only the value of a variable holds newlines here. Between two lines of a file psql does not look for it, and
/// takes what follows for a literal of its own, in which backslashes are no escapes; so do we.
fn continuation(text: &[u8]) -> Option<usize> {
    let mut newlines = 0;
    let mut at = 0;
    loop {
        match text.get(at..)? {
            [b'\'', ..] => return (newlines > 0).then_some(at + 1),
            [b'-', b'-', comment @ ..] => {
                at += 2 + comment.iter().position(|it| matches!(it, b'\n' | b'\r'))?;
            }
            [it, ..] if is_space(*it) => {
                newlines += usize::from(matches!(it, b'\n' | b'\r'));
                at += 1;
            }
            _ => return None,
        }
    }
}

fn double_end(text: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        let rest = text.get(at..)?;
        at += rest.find('"')? + 1;
        if !text.get(at..)?.starts_with('"') {
            return Some(at);
        }
        at += 1;
    }
}

fn comment_end(text: &str, around: &mut usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        at += bytes.get(at..)?.iter().position(|it| matches!(it, b'*' | b'/'))?;
        match bytes.get(at..)? {
            [b'*', b'/', ..] if *around == 0 => return Some(at + 2),
            [b'*', b'/', ..] => {
                *around -= 1;
                at += 2;
            }
            [b'/', b'*', ..] => {
                *around += 1;
                at += 2;
            }
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closed_at(mut inside: Inside, text: &str) -> Option<usize> {
        let length = inside.run(text);
        (inside == Inside::Sql).then_some(length)
    }

    #[test]
    fn a_quote_ends_at_the_first_that_is_neither_doubled_nor_escaped() {
        let table = [
            (Escapes::No, "a' b'", Some(2)),
            (Escapes::No, "a''b' c", Some(5)),
            (Escapes::No, "a\\' b'", Some(3)),
            (Escapes::Yes, "a\\' b'", Some(6)),
            (Escapes::Yes, "a\\\\' b'", Some(4)),
            (Escapes::Yes, "a\\", None),
            (Escapes::Yes, "\\é'", Some(4)),
            (Escapes::No, "abc", None),
            (Escapes::No, "''", None),
        ];
        for (escapes, text, end) in table {
            assert_eq!(closed_at(Inside::Quote(escapes), text), end, "{text:?}");
        }
    }

    #[test]
    fn a_quote_goes_on_after_a_newline_in_the_value_of_a_variable() {
        let table = [
            ("a'\n'\\''", Some(7)),
            ("a' -- b\n \t'\\''", Some(14)),
            ("a' '\\''", Some(2)),
            ("a' -- b", Some(2)),
            ("a'\n-'", Some(2)),
        ];
        for (text, end) in table {
            assert_eq!(closed_at(Inside::Quote(Escapes::Yes), text), end, "{text:?}");
        }
    }

    #[test]
    fn a_double_quote_ends_at_the_first_that_is_not_doubled() {
        assert_eq!(closed_at(Inside::DoubleQuote, "a\"\"b\\\" c"), Some(6));
        assert_eq!(closed_at(Inside::DoubleQuote, "a\"\""), None);
    }

    #[test]
    fn a_dollar_quote_ends_at_its_own_delimiter_only() {
        let table = [
            ("$$", "a $b$ $ $$ c", Some(10)),
            ("$a$", "$$ $A$ $b$a$ c", Some(12)),
            ("$a$", "x$a$", Some(4)),
            ("$a$", "$a", None),
        ];
        for (delimiter, text, end) in table {
            assert_eq!(closed_at(Inside::Dollar(delimiter.to_owned()), text), end, "{text:?}");
        }
    }

    #[test]
    fn a_tag_is_a_name_without_dollars() {
        let table = [
            ("$$", Some("$$")),
            ("$a$ b", Some("$a$")),
            ("$_a1$", Some("$_a1$")),
            ("$é$", Some("$é$")),
            ("$1$", None),
            ("$a b$", None),
            ("$a-b$", None),
            ("$a", None),
        ];
        for (text, delimiter) in table {
            assert_eq!(dollar_delimiter(text), delimiter, "{text:?}");
        }
    }

    #[test]
    fn comments_nest() {
        let table = [
            ("a */ b", Some(4)),
            ("/* */ */", Some(8)),
            ("/*/ **/ */", Some(10)),
            ("* /", None),
            ("/", None),
        ];
        for (text, end) in table {
            assert_eq!(closed_at(Inside::Comment(0), text), end, "{text:?}");
        }
    }
}

//! The arguments of `\copy`, cut into words as psql cuts them.

use crate::pg::script::Strings;

/// Characters between words.
const BLANKS: &[char] = &[' ', '\t', '\n', '\r'];

/// A copy between the server and the client.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CopyRequest {
    /// The statement for the server, spaced as psql spaces it, so that errors point to the same place.
    pub sql: String,
    /// Which way the data goes.
    pub direction: CopyDirection,
    /// The client's end.
    pub end: CopyEnd,
}

/// Which way the data goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CopyDirection {
    From,
    To,
}

/// The client's end of a copy.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum CopyEnd {
    /// The script itself, or the output of results.
    Script,
    /// The program's own stdin or stdout.
    Program,
    /// A file.
    File(String),
}

/// Why a line is not a request.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::pg::run) enum CopyError {
    /// This word does not belong there.
    #[error("\\copy: parse error at \"{0}\"")]
    Word(String),
    /// The line is not complete.
    #[error("\\copy: parse error at end of line")]
    End,
    /// The client's end is a shell command.
    #[error("\\copy: commands of the shell are not run here")]
    Shell,
}

/// The words of a line that is being read.
struct Words<'a> {
    /// The part that is not read yet.
    rest: &'a str,
}

/// Where a word ends.
#[derive(Clone, Copy)]
struct WordSyntax {
    /// Characters that are words of their own.
    alone: &'static [char],
    /// Quotes, each of which closes itself.
    quotes: &'static [char],
    /// The character that escapes a quote.
    escape: Option<char>,
    /// Whether backslashes escape quotes in `E'...'`.
    has_escape_strings: bool,
}

const NAME: WordSyntax =
    WordSyntax { alone: &['.', ',', '(', ')'], quotes: &['"'], escape: None, has_escape_strings: false };
const COLUMN: WordSyntax = WordSyntax { alone: &['(', ')'], ..NAME };
const FILE: WordSyntax = WordSyntax { alone: &[';'], quotes: &['\''], ..NAME };

impl CopyRequest {
    /// Parses `TABLE [(COLUMNS)] | (QUERY)`, `from | to`, a file or the name of a stream, and the options.
    pub(super) fn parse(line: &str, strings: Strings) -> Result<Self, CopyError> {
        let mut words = Words { rest: line };
        let (subject, direction) = subject(&mut words, strings)?;
        let direction = match direction.to_ascii_lowercase().as_str() {
            "from" => CopyDirection::From,
            "to" => CopyDirection::To,
            _ => return Err(CopyError::Word(direction.to_owned())),
        };
        let end = end(&mut words)?;
        let way = match direction {
            CopyDirection::From => "FROM STDIN",
            CopyDirection::To => "TO STDOUT",
        };
        Ok(Self { sql: format!("COPY {subject} {way} {}", words.rest), direction, end })
    }
}

/// Returns whether the client's end is a shell command.
pub(in crate::pg::run) fn copies_by_shell(line: &str) -> bool {
    CopyRequest::parse(line, Strings::default()) == Err(CopyError::Shell)
}

/// Reads the table or query, and returns it with the word that follows.
fn subject<'a>(words: &mut Words<'a>, strings: Strings) -> Result<(String, &'a str), CopyError> {
    let mut sql = String::new();
    let mut word = words.required(NAME)?;
    if word.eq_ignore_ascii_case("binary") {
        sql += word;
        word = words.required(NAME)?;
    }
    if word == "(" {
        word = query(words, strings, &mut sql)?;
    }
    sql = sql + " " + word;
    word = words.required(NAME)?;
    if word == "." {
        sql = sql + word + words.required(NAME)?;
        word = words.required(NAME)?;
    }
    if word == "(" {
        while word != ")" {
            sql = sql + " " + word;
            word = words.required(COLUMN)?;
        }
        sql = sql + " " + word;
        word = words.required(NAME)?;
    }
    Ok((sql, word))
}

/// Reads a query up to its closing parenthesis, which is returned.
fn query<'a>(words: &mut Words<'a>, strings: Strings, sql: &mut String) -> Result<&'a str, CopyError> {
    let escape = (strings == Strings::Escaping).then_some('\\');
    let syntax = WordSyntax { quotes: &['"', '\''], escape, has_escape_strings: true, ..COLUMN };
    let (mut word, mut depth) = ("(", 1usize);
    while depth > 0 {
        sql.push(' ');
        sql.push_str(word);
        word = words.required(syntax)?;
        match word {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
    }
    Ok(word)
}

/// Reads the client's end.
fn end(words: &mut Words<'_>) -> Result<CopyEnd, CopyError> {
    let word = words.required(FILE)?;
    match word.to_ascii_lowercase().as_str() {
        "program" => {
            let command = words.required(FILE)?;
            let is_quoted = command.len() > 1 && command.starts_with('\'') && command.ends_with('\'');
            Err(if is_quoted { CopyError::Shell } else { CopyError::Word(command.to_owned()) })
        }
        "stdin" | "stdout" => Ok(CopyEnd::Script),
        "pstdin" | "pstdout" => Ok(CopyEnd::Program),
        _ => Ok(CopyEnd::File(without_quotes(word))),
    }
}

/// Strips the quotes of a file's name.
fn without_quotes(word: &str) -> String {
    let inner = word.strip_prefix('\'').unwrap_or(word);
    let mut name = String::new();
    let mut rest = inner.chars().peekable();
    while let Some(it) = rest.next() {
        match it {
            '\'' if rest.peek().is_none() => break,
            '\'' => drop(rest.next_if_eq(&'\'')),
            _ => {}
        }
        name.push(it);
    }
    name
}

impl<'a> Words<'a> {
    fn required(&mut self, syntax: WordSyntax) -> Result<&'a str, CopyError> {
        self.next(syntax).ok_or(CopyError::End)
    }

    /// Takes the next word, with its quotes. One blank after it is skipped.
    fn next(&mut self, syntax: WordSyntax) -> Option<&'a str> {
        let text = self.rest.trim_start_matches(BLANKS);
        let (word, rest) = text.split_at_checked(length(text, syntax)?)?;
        self.rest = rest.strip_prefix(BLANKS).unwrap_or(rest);
        Some(word)
    }
}

/// Returns the length in bytes of the first word, or `None` if the text is empty.
fn length(text: &str, syntax: WordSyntax) -> Option<usize> {
    let first = text.chars().next()?;
    if syntax.alone.contains(&first) {
        return Some(first.len_utf8());
    }
    if let Some(string) = text.strip_prefix(['E', 'e'])
        && syntax.has_escape_strings
        && string.starts_with('\'')
    {
        return Some(1 + quoted_length(string, '\'', Some('\\')));
    }
    if syntax.quotes.contains(&first) {
        return Some(quoted_length(text, first, syntax.escape));
    }
    let ends = |it: char| BLANKS.contains(&it) || syntax.alone.contains(&it) || syntax.quotes.contains(&it);
    Some(text.find(ends).unwrap_or(text.len()))
}

/// Returns the length in bytes of a quoted text, in which quotes are doubled or escaped. An open one takes all.
fn quoted_length(text: &str, quote: char, escape: Option<char>) -> usize {
    let mut rest = text.char_indices().skip(1).peekable();
    while let Some((at, it)) = rest.next() {
        if Some(it) == escape {
            rest.next();
        } else if it == quote && rest.next_if(|(_, it)| *it == quote).is_none() {
            return at + quote.len_utf8();
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_into_statement_direction_and_file() {
        let file = |name: &str| CopyEnd::File(name.to_owned());
        for (line, sql, end) in [
            ("t from 'a b.csv' csv", "COPY  t FROM STDIN csv", file("a b.csv")),
            ("t(a, \"to\") TO x.txt", "COPY  t ( a, \"to\" ) TO STDOUT ", file("x.txt")),
            ("s.t from stdin", "COPY  s.t FROM STDIN ", CopyEnd::Script),
            ("t to stdout;", "COPY  t TO STDOUT ;", CopyEnd::Script),
            ("t to x.txt;", "COPY  t TO STDOUT ;", file("x.txt")),
            ("t to x.txt;;", "COPY  t TO STDOUT ;;", file("x.txt")),
            ("t to 'x;';", "COPY  t TO STDOUT ;", file("x;")),
            ("t to ; csv", "COPY  t TO STDOUT csv", file(";")),
            ("t to x'y';", "COPY  t TO STDOUT 'y';", file("x")),
            ("t to 'open ;", "COPY  t TO STDOUT ", file("open ;")),
            ("t to pstdout  csv ;", "COPY  t TO STDOUT  csv ;", CopyEnd::Program),
            ("\"from\" to pstdout", "COPY  \"from\" TO STDOUT ", CopyEnd::Program),
            ("binary t to x", "COPY binary t TO STDOUT ", file("x")),
            (
                "(select ' ) to '  from (t) where a = E'\\' to ') to 'it''s' with (format csv)",
                "COPY  ( select ' ) to ' from ( t ) where a = E'\\' to ' ) TO STDOUT with (format csv)",
                file("it's"),
            ),
        ] {
            let request = CopyRequest::parse(line, Strings::Standard).unwrap();
            assert_eq!((request.sql.as_str(), request.end), (sql, end), "{line}");
        }
    }

    #[test]
    fn backslashes_escape_quotes_if_strings_are_not_standard() {
        let parse = |strings| CopyRequest::parse("(select '\\' to ') to x", strings);
        assert_eq!(parse(Strings::Escaping).unwrap().sql, "COPY  ( select '\\' to ' ) TO STDOUT ");
        assert!(parse(Strings::Standard).is_err());
    }

    #[test]
    fn an_error_names_the_word_that_does_not_belong_there() {
        for (line, why) in [
            ("t", "end of line"),
            ("t from", "end of line"),
            ("t into x", "\"into\""),
            ("t; u to x", "\"u\""),
            ("t from program rm", "\"rm\""),
        ] {
            let error = CopyRequest::parse(line, Strings::Standard).unwrap_err();
            assert_eq!(error.to_string(), format!("\\copy: parse error at {why}"), "{line}");
        }
    }

    #[test]
    fn shell_commands_are_found() {
        for line in ["t from program 'rm'", "t to PROGRAM 'a ''b'' c' csv", "(select 1) to program'x'"] {
            assert!(copies_by_shell(line), "{line}");
        }
        for line in ["program from 'program'", "t from program", "(select ' to program ''x''') to x"] {
            assert!(!copies_by_shell(line), "{line}");
        }
    }
}

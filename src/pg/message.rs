//! Errors and notices in psql's words.

use tokio_postgres::error::{DbError, ErrorPosition};

use crate::pg::columns::columns;

/// Columns of the statement's line that are shown around an error, as libpq does.
const WINDOW: usize = 60;
/// Columns that stay visible to the right of an error, as libpq does.
const RIGHT: usize = 10;

/// How much of an error is told: psql's `VERBOSITY`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verbosity {
    /// All but where in the server's source it was raised.
    #[default]
    Default,
    /// That too, and the names of the objects that it is about.
    Verbose,
    /// One line.
    Terse,
    /// The SQLSTATE only.
    Sqlstate,
}

/// Whether it is told in what the server came upon it: psql's `SHOW_CONTEXT`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Context {
    /// Of errors it is.
    #[default]
    Errors,
    /// Of notices too.
    Always,
    /// Of nothing.
    Never,
}

/// The text that positions in errors refer to.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The statement, or a text in which it stands.
    pub text: &'a str,
    /// Characters of the text before the statement.
    pub before: usize,
}

/// An error as psql prints it, with its SQLSTATE, the line of `sql` it points at, and a caret.
pub fn message(said: &DbError, sql: &str) -> String {
    worded(said, Asked { text: sql, before: 0 }, Verbosity::Default, Context::Errors)
}

/// The same with as much of it as is wanted.
pub fn worded(said: &DbError, asked: Asked<'_>, verbosity: Verbosity, context: Context) -> String {
    let (severity, code, text) = (said.severity(), said.code().code(), said.message());
    match (verbosity, said.position()) {
        (Verbosity::Sqlstate, _) => format!("{severity}:  {code}"),
        (Verbosity::Terse, Some(ErrorPosition::Original(at))) => {
            format!("{severity}:  {code}: {text} at character {at}")
        }
        (Verbosity::Terse, Some(ErrorPosition::Internal { .. }) | None) => {
            format!("{severity}:  {code}: {text}")
        }
        (Verbosity::Default | Verbosity::Verbose, at) => {
            let mut lines = vec![format!("{severity}:  {code}: {text}")];
            lines.extend(at.and_then(|at| position(at, asked)));
            lines.extend(said.detail().map(|it| format!("DETAIL:  {it}")));
            lines.extend(said.hint().map(|it| format!("HINT:  {it}")));
            if let Some(ErrorPosition::Internal { query, .. }) = at {
                lines.push(format!("QUERY:  {query}"));
            }
            if context != Context::Never {
                lines.extend(said.where_().map(|it| format!("CONTEXT:  {it}")));
            }
            if verbosity == Verbosity::Verbose {
                lines.extend(objects(said));
            }
            lines.join("\n")
        }
    }
}

/// A notice as psql prints it: by default without context and SQLSTATE.
pub fn notice(said: &DbError, sql: &str, verbosity: Verbosity, context: Context) -> String {
    let (severity, code, text) = (said.severity(), said.code().code(), said.message());
    let context = if context == Context::Always { Context::Always } else { Context::Never };
    let told = worded(said, Asked { text: sql, before: 0 }, verbosity, context);
    match verbosity {
        Verbosity::Sqlstate | Verbosity::Verbose => told,
        Verbosity::Default | Verbosity::Terse => {
            let head = format!("{severity}:  {code}: {text}");
            told.replacen(&head, &format!("{severity}:  {text}"), 1)
        }
    }
}

fn position(at: &ErrorPosition, asked: Asked<'_>) -> Option<String> {
    match at {
        ErrorPosition::Original(at) => pointer(asked.text, asked.before + usize::try_from(*at).ok()?),
        ErrorPosition::Internal { position, query } => pointer(query, usize::try_from(*position).ok()?),
    }
}

/// What an error is about, and where it was raised.
fn objects(said: &DbError) -> Vec<String> {
    let named = [
        ("SCHEMA NAME", said.schema()),
        ("TABLE NAME", said.table()),
        ("COLUMN NAME", said.column()),
        ("DATATYPE NAME", said.datatype()),
        ("CONSTRAINT NAME", said.constraint()),
    ];
    let mut lines: Vec<String> =
        named.iter().filter_map(|(what, name)| Some(format!("{what}:  {}", (*name)?))).collect();
    if let (Some(routine), Some(file), Some(line)) = (said.routine(), said.file(), said.line()) {
        lines.push(format!("LOCATION:  {routine}, {file}:{line}"));
    }
    lines
}

/// `LINE n: text` and a caret under the character at `position`, which counts characters from 1.
fn pointer(sql: &str, position: usize) -> Option<String> {
    let at = position.checked_sub(1)?;
    let before: Vec<char> = sql.chars().take(at).collect();
    let number = before.iter().filter(|c| **c == '\n').count() + 1;
    let start = before.iter().rposition(|c| *c == '\n').map_or(0, |it| it + 1);
    let line: Vec<char> = sql.chars().skip(start).take_while(|c| !matches!(c, '\n' | '\r')).collect();
    let (shown, caret) = window(&line, at - start);
    let prefix = format!("LINE {number}: ");
    Some(format!("{prefix}{shown}\n{}^", " ".repeat(prefix.len() + caret)))
}

fn window(line: &[char], at: usize) -> (String, usize) {
    let line: Vec<char> = line.iter().map(|c| if *c == '\t' { ' ' } else { *c }).collect();
    // As in libpq, no character is without a column here.
    let width = |from: usize, to: usize| -> usize {
        let characters = line.get(from..to.min(line.len())).unwrap_or_default();
        characters.iter().map(|it| columns(*it).unwrap_or(0).max(1)).sum()
    };
    let (mut from, mut to) = (0, line.len());
    if width(from, to) > WINDOW {
        if WINDOW >= width(0, at) + RIGHT {
            while width(from, to) > WINDOW {
                to -= 1;
            }
        } else {
            while width(0, at) + RIGHT < width(0, to) {
                to -= 1;
            }
            while width(from, to) > WINDOW {
                from += 1;
            }
        }
    }
    let left = if from > 0 { "..." } else { "" };
    let right = if to < line.len() { "..." } else { "" };
    let text: String = line.get(from..to).unwrap_or_default().iter().collect();
    (format!("{left}{text}{right}"), left.len() + width(from, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_stands_under_the_character_of_its_line() {
        insta::assert_snapshot!(pointer("SELECT 1,\n\tnope FROM t", 12).unwrap(), @r"
        LINE 2:  nope FROM t
                 ^
        ");
    }

    #[test]
    fn a_wide_character_moves_the_caret_by_two_columns() {
        insta::assert_snapshot!(pointer("SELECT '日本', nope", 14).unwrap(), @"
        LINE 1: SELECT '日本', nope
                               ^
        ");
    }

    #[test]
    fn a_mark_moves_the_caret_like_any_other_character() {
        insta::assert_snapshot!(pointer("select 'e\u{301}e\u{301}', nope", 16).unwrap(), @"
        LINE 1: select 'éé', nope
                               ^
        ");
    }

    #[test]
    fn a_long_line_is_cut_around_the_error() {
        let sql = format!("SELECT {}, nope, {}", "a".repeat(80), "b".repeat(80));
        insta::assert_snapshot!(pointer(&sql, 90).unwrap(), @"
        LINE 1: ...aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, nope, bbbb...
                                                                     ^
        ");
    }
}

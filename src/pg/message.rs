//! Errors and notices in psql's words.

use tokio_postgres::error::{DbError, ErrorPosition};
use unicode_width::UnicodeWidthChar;

/// Columns of the statement's line that are shown around an error, as libpq does.
const WINDOW: usize = 60;
/// Columns that stay visible to the right of an error, as libpq does.
const RIGHT: usize = 10;

/// An error or notice as psql prints it, with its SQLSTATE, the line of `sql` it points at, and a caret.
pub fn message(said: &DbError, sql: &str) -> String {
    let mut lines = vec![format!("{}:  {}: {}", said.severity(), said.code().code(), said.message())];
    if let Some(ErrorPosition::Original(position)) = said.position() {
        lines.extend(pointer(sql, usize::try_from(*position).unwrap_or_default()));
    }
    if let Some(ErrorPosition::Internal { position, query }) = said.position() {
        lines.extend(pointer(query, usize::try_from(*position).unwrap_or_default()));
        lines.push(format!("QUERY:  {query}"));
    }
    lines.extend(said.detail().map(|it| format!("DETAIL:  {it}")));
    lines.extend(said.hint().map(|it| format!("HINT:  {it}")));
    lines.extend(said.where_().map(|it| format!("CONTEXT:  {it}")));
    lines.join("\n")
}

/// A notice as psql prints it by default: no SQLSTATE, no context.
pub fn notice(said: &DbError) -> String {
    let mut lines = vec![format!("{}:  {}", said.severity(), said.message())];
    lines.extend(said.detail().map(|it| format!("DETAIL:  {it}")));
    lines.extend(said.hint().map(|it| format!("HINT:  {it}")));
    lines.join("\n")
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
    let width = |from: usize, to: usize| -> usize {
        line.get(from..to.min(line.len())).unwrap_or_default().iter().map(|c| c.width().unwrap_or(0)).sum()
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
    fn a_long_line_is_cut_around_the_error() {
        let sql = format!("SELECT {}, nope, {}", "a".repeat(80), "b".repeat(80));
        insta::assert_snapshot!(pointer(&sql, 90).unwrap(), @"
        LINE 1: ...aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, nope, bbbb...
                                                                     ^
        ");
    }
}

//! The text of a migration: the ways there and back, and what its headers ask for.

use crate::checksum::Checksum;

/// How a migration is held together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// In one transaction with its record.
    #[default]
    Transaction,
    /// Statement by statement, since some may be in no transaction (`-- migrate:no-transaction`).
    Statements,
}

/// A script in its sections. Lines keep their numbers: those of other sections are empty.
#[derive(Debug, Default)]
pub(super) struct Sections {
    pub up: String,
    pub down: Option<String>,
    pub description: Option<String>,
    pub mode: Mode,
    pub down_mode: Mode,
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line<'a> {
    /// `-- migrate:up`, with what follows it.
    Up(&'a str),
    /// The same of `-- migrate:down`.
    Down(&'a str),
    /// `-- ROLLBACK:` with what follows it.
    Rollback(&'a str),
    /// `-- migrate:no-transaction`.
    NoTransaction,
    /// `-- Description:`.
    Description(&'a str),
    /// Anything else.
    Other,
}

/// Where a line belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// Before `-- migrate:up`.
    Before,
    Up,
    Down,
    /// Below a `-- ROLLBACK:` with nothing behind it.
    Rollback,
}

/// Finds the sections.
///
/// # Errors
/// Why they cannot be told apart, with the line.
pub(super) fn sections(text: &str) -> Result<Sections, String> {
    let lines: Vec<&str> = text.lines().collect();
    let has = |is: fn(&Line<'_>) -> bool| lines.iter().any(|it| is(&kind(it)));
    let mut at = if has(|it| matches!(it, Line::Up(_))) { At::Before } else { At::Up };
    if has(|it| matches!(it, Line::Down(_))) && has(|it| matches!(it, Line::Rollback(_))) {
        return Err("it has both `-- migrate:down` and `-- ROLLBACK:`".to_owned());
    }
    let mut found = Sections::default();
    let (mut up, mut down) = (Vec::new(), Vec::new());
    for (number, line) in (1..).zip(&lines) {
        let (mut ours, mut back) = ("", "");
        match kind(line) {
            Line::Up(_) if !matches!(at, At::Before | At::Up) => {
                return Err(format!("line {number} is a second `-- migrate:up`"));
            }
            Line::Up(options) => {
                at = At::Up;
                found.mode = if is_alone(options) { Mode::Statements } else { found.mode };
            }
            Line::Down(options) => {
                at = At::Down;
                found.down_mode = if is_alone(options) { Mode::Statements } else { found.down_mode };
            }
            Line::Rollback("") => at = At::Rollback,
            Line::Rollback(sql) => back = sql,
            Line::NoTransaction => {
                found.down_mode = Mode::Statements;
                if matches!(at, At::Before | At::Up) {
                    found.mode = Mode::Statements;
                }
            }
            Line::Description(text) if found.description.is_none() => {
                found.description = Some(text.to_owned());
                ours = line;
            }
            Line::Description(_) | Line::Other => match at {
                At::Before if is_sql(line) => {
                    return Err(format!("line {number} stands before `-- migrate:up`"));
                }
                At::Before => {}
                At::Up => ours = line,
                At::Down | At::Rollback => back = line,
            },
        }
        up.push(ours);
        down.push(back);
    }
    found.up = joined(&up);
    if at == At::Rollback && !down.iter().any(|it| is_sql(it)) {
        down = down.iter().map(|it| uncommented(it)).collect();
    }
    found.down = down.iter().any(|it| is_sql(it)).then(|| joined(&down));
    Ok(found)
}

/// What tells a migration from a changed one: line ends, and white space at the ends of lines and of the text, do not.
pub fn checksum(text: &str) -> Checksum {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    Checksum::of(lines.join("\n").trim_matches('\n').as_bytes())
}

fn kind(line: &str) -> Line<'_> {
    let Some(comment) = line.trim_start().strip_prefix("--").map(str::trim) else { return Line::Other };
    let rest_of = |word: &str| {
        let head = comment.get(..word.len()).filter(|it| it.eq_ignore_ascii_case(word));
        head.and(comment.get(word.len()..))
    };
    let words = |word| rest_of(word).filter(|it: &&str| it.is_empty() || it.starts_with([' ', '\t']));
    match comment {
        _ if comment.eq_ignore_ascii_case("migrate:no-transaction") => Line::NoTransaction,
        // The same, as sqlx has it.
        _ if comment.eq_ignore_ascii_case("no-transaction") => Line::NoTransaction,
        _ => words("migrate:up")
            .map(Line::Up)
            .or_else(|| words("migrate:down").map(Line::Down))
            .or_else(|| rest_of("rollback:").map(|it| Line::Rollback(it.trim())))
            .or_else(|| rest_of("description:").map(|it| Line::Description(it.trim())))
            .unwrap_or(Line::Other),
    }
}

/// dbmate's way to ask for no transaction.
fn is_alone(options: &str) -> bool {
    options.split_whitespace().any(|it| it.eq_ignore_ascii_case("transaction:false"))
}

fn is_sql(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && !line.starts_with("--")
}

fn uncommented(line: &str) -> &str {
    line.trim_start().strip_prefix("--").unwrap_or(line)
}

fn joined(lines: &[&str]) -> String {
    let mut text = lines.join("\n");
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> (String, Option<String>, Mode) {
        let found = sections(text).unwrap();
        (found.up, found.down, found.mode)
    }

    #[test]
    fn a_plain_file_is_the_way_there() {
        let plain = "-- Description: Users, and more\nCREATE TABLE users ();\n";
        assert_eq!(told(plain), (plain.to_owned(), None, Mode::Transaction));
        assert_eq!(sections(plain).unwrap().description.as_deref(), Some("Users, and more"));
    }

    #[test]
    fn the_ways_there_and_back_are_told_apart_and_keep_their_lines() {
        let dbmate = "-- migrate:up transaction:false\na;\n\n-- migrate:down\nb;\n";
        assert_eq!(told(dbmate), ("\na;\n".to_owned(), Some("\n\n\n\nb;\n".to_owned()), Mode::Statements));
        let upstream = "a;\n-- ROLLBACK: b;\n-- ROLLBACK: c;\n";
        assert_eq!(told(upstream), ("a;\n".to_owned(), Some("\nb;\nc;\n".to_owned()), Mode::Transaction));
        let header = "a;\n-- ROLLBACK:\n-- b;\n--c;\n";
        assert_eq!(told(header).1, Some("\n\n b;\nc;\n".to_owned()));
        let bare = "a;\n-- ROLLBACK:\n-- why\nb;\n";
        assert_eq!(told(bare).1, Some("\n\n-- why\nb;\n".to_owned()));
        assert_eq!(told("-- migrate:no-transaction\na;").2, Mode::Statements);
        assert_eq!(told("-- no-transaction\na;").2, Mode::Statements);
    }

    #[test]
    fn words_that_only_begin_like_a_header_are_none() {
        assert_eq!(told("-- migrate:upwards\na;\n").0, "-- migrate:upwards\na;\n");
    }

    #[test]
    fn what_cannot_be_told_apart_is_refused_with_its_line() {
        let refused = |text| sections(text).unwrap_err();
        assert_eq!(refused("a;\n-- migrate:up\nb;\n"), "line 1 stands before `-- migrate:up`");
        assert_eq!(
            refused("-- migrate:up\n-- migrate:down\n-- migrate:up\n"),
            "line 3 is a second `-- migrate:up`"
        );
        let both = "a;\n-- ROLLBACK: b;\n-- migrate:down\nc;\n";
        assert_eq!(refused(both), "it has both `-- migrate:down` and `-- ROLLBACK:`");
    }

    #[test]
    fn white_space_at_line_ends_and_line_ends_of_another_system_change_no_checksum() {
        assert_eq!(checksum("a;\nb;\n"), checksum("\r\na;  \r\nb;\r\n\r\n"));
        assert_ne!(checksum("a;\nb;\n"), checksum("a;\n b;\n"));
    }
}

//! Where the statements of a migration are, and which of them no transaction of ours may hold.

use std::ops::Range;

use crate::pg::run::first_words;
use crate::pg::script::{Piece, PieceKind, Source, meta_commands, split};

/// One statement of a script, or all that stand between its own `BEGIN` and `COMMIT`.
#[derive(Clone, Debug)]
pub struct Step {
    /// The script without all others; its lines keep their numbers.
    pub source: Source,
    /// The line in which it begins, counted from 1.
    pub line: usize,
    /// Its text.
    pub text: String,
}

/// What a statement does to the transaction that it is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Control {
    /// It begins one.
    Begin,
    /// It commits it.
    Commit,
    /// It ends it otherwise, or hands it to another session.
    Other,
    /// Nothing.
    None,
}

/// A statement, with the data that it reads.
#[derive(Clone, Debug)]
struct Statement {
    range: Range<usize>,
    line: usize,
    control: Control,
}

/// The script as it is run in a transaction of ours: without its own `BEGIN` at the beginning and `COMMIT` at the end.
///
/// # Errors
/// Names the line of what would end that transaction, or leave the connection.
pub fn body(source: &Source) -> Result<Source, String> {
    let pieces = split(source);
    stays(source, &pieces)?;
    let statements = statements(source, &pieces);
    let controls: Vec<&Statement> = statements.iter().filter(|it| it.control != Control::None).collect();
    match controls.as_slice() {
        [] => Ok(source.clone()),
        [begin, commit] if is_wrapped(&statements, begin, commit) => {
            let inside = begin.range.end..commit.range.start;
            Ok(window(source, &inside))
        }
        [first, ..] => Err(format!(
            "line {} begins or ends a transaction, and it is run in one with its record",
            first.line
        )),
    }
}

/// The steps of a script that no transaction holds together.
///
/// # Errors
/// Names the line of what cannot be a step.
pub fn steps(source: &Source) -> Result<Vec<Step>, String> {
    let pieces = split(source);
    match meta_commands(source, &pieces).next() {
        Some(it) => Err(format!("line {} is \\{}, which is no statement of its own", it.line, it.name)),
        None => grouped(source, statements(source, &pieces)),
    }
}

/// Statements as steps: what stands between a `BEGIN` and its `COMMIT` is one.
fn grouped(source: &Source, statements: Vec<Statement>) -> Result<Vec<Step>, String> {
    let mut found = Vec::new();
    let mut open: Option<Statement> = None;
    for it in statements {
        match (it.control, open.take()) {
            (Control::Begin, None) => open = Some(it),
            (Control::Commit, Some(begun)) => {
                found.push(step(source, begun.range.end..it.range.start, begun.line));
            }
            (Control::None, Some(begun)) => open = Some(begun),
            (Control::None, None) => found.push(step(source, it.range, it.line)),
            (Control::Begin | Control::Other, Some(_)) | (Control::Commit | Control::Other, None) => {
                return Err(format!("line {} begins or ends a transaction where none can", it.line));
            }
        }
    }
    match open {
        Some(begun) => Err(format!("line {} begins a transaction that nothing ends", begun.line)),
        None => Ok(found),
    }
}

/// The statements of a script that is run as a whole; one with meta-commands is one part, since they belong together.
pub fn parts(source: &Source) -> Vec<Step> {
    let pieces = split(source);
    if meta_commands(source, &pieces).next().is_some() {
        let text = source.text().trim().to_owned();
        return vec![Step { source: source.clone(), line: 1, text }];
    }
    let alone = |it: Statement| step(source, it.range, it.line);
    let statements = statements(source, &pieces);
    grouped(source, statements.clone()).unwrap_or_else(|_| statements.into_iter().map(alone).collect())
}

/// Whether the whole script stands between the two.
fn is_wrapped(all: &[Statement], begin: &Statement, commit: &Statement) -> bool {
    (begin.control, commit.control) == (Control::Begin, Control::Commit)
        && all.first().is_some_and(|it| it.range == begin.range)
        && all.last().is_some_and(|it| it.range == commit.range)
}

/// Another connection would have neither our transaction nor our lock.
fn stays(source: &Source, pieces: &[Piece]) -> Result<(), String> {
    let leaves = |name: &str| matches!(name, "c" | "connect");
    match meta_commands(source, pieces).find(|it| leaves(it.name)) {
        Some(it) => Err(format!("line {} is \\{}, and a migration is of one database", it.line, it.name)),
        None => Ok(()),
    }
}

fn statements(source: &Source, pieces: &[Piece]) -> Vec<Statement> {
    let mut found: Vec<Statement> = Vec::new();
    let mut begun: Option<(usize, usize)> = None;
    for piece in pieces {
        let start = begun.unwrap_or((piece.range.start, piece.line));
        match piece.kind {
            PieceKind::Part => begun = Some(start),
            PieceKind::Statement => {
                begun = None;
                let range = start.0..piece.range.end;
                let text = source.text().get(range.clone()).unwrap_or_default();
                if text.trim() != ";" {
                    found.push(Statement { control: control(text), range, line: start.1 });
                }
            }
            PieceKind::CopyData => {
                if let Some(last) = found.last_mut() {
                    last.range.end = piece.range.end;
                }
            }
            PieceKind::Blank | PieceKind::Meta => {}
        }
    }
    found
}

fn control(statement: &str) -> Control {
    let words = first_words(statement);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["rollback", "to", ..] | ["rollback", "transaction" | "work", "to", ..] => Control::None,
        ["begin", ..] | ["start", "transaction", ..] => Control::Begin,
        ["commit", "prepared", ..] => Control::Other,
        ["commit" | "end", ..] => Control::Commit,
        ["rollback" | "abort", ..] | ["prepare", "transaction", ..] => Control::Other,
        _ => Control::None,
    }
}

fn step(source: &Source, range: Range<usize>, line: usize) -> Step {
    let text = source.text().get(range.clone()).unwrap_or_default().trim().to_owned();
    Step { source: window(source, &range), line, text }
}

/// The script with empty lines in the place of what is before, and nothing of what is behind.
fn window(source: &Source, range: &Range<usize>) -> Source {
    let before = source.text().get(..range.start).unwrap_or_default();
    let lines = "\n".repeat(before.matches('\n').count());
    let inside = source.text().get(range.clone()).unwrap_or_default();
    Source::new(source.name(), lines + inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        Source::new("a.sql", text)
    }

    #[test]
    fn a_transaction_around_the_whole_script_is_taken_for_ours() {
        let wrapped = source("-- why\nBEGIN;\nCREATE TABLE a ();\nCOMMIT;\n");
        assert_eq!(body(&wrapped).unwrap().text().trim_end(), "\n\nCREATE TABLE a ();");
        let plain = source("SELECT 1;\nSAVEPOINT s;\nROLLBACK TO s;\n");
        assert_eq!(body(&plain).unwrap(), plain);
    }

    #[test]
    fn what_would_end_our_transaction_is_refused_with_its_line() {
        let refused = |text: &str| body(&source(text)).unwrap_err();
        let said = "line 2 begins or ends a transaction, and it is run in one with its record";
        assert_eq!(refused("SELECT 1;\nCOMMIT;\nSELECT 2;\n"), said);
        assert_eq!(refused("BEGIN; COMMIT;\nSELECT 1;").replace("line 1", "line 2"), said);
        assert_eq!(refused("SELECT 1;\nABORT;"), said);
        assert_eq!(refused("\\c other"), "line 1 is \\c, and a migration is of one database");
    }

    #[test]
    fn a_body_of_a_function_controls_no_transaction() {
        let text =
            "DO $$ BEGIN PERFORM 1; END $$;\nCREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END;\n";
        assert_eq!(body(&source(text)).unwrap().text(), text);
        assert_eq!(steps(&source(text)).unwrap().len(), 2);
    }

    #[test]
    fn steps_keep_their_lines_their_data_and_their_own_transactions() {
        let text =
            "SELECT 1; SELECT\n  2;\nCOPY t FROM stdin;\n1\n\\.\nBEGIN;\nSELECT 3;\nCOMMIT;\n;\n-- end\n";
        let found = steps(&source(text)).unwrap();
        let told: Vec<(usize, &str)> = found.iter().map(|it| (it.line, it.text.as_str())).collect();
        assert_eq!(
            told,
            [(1, "SELECT 1;"), (1, "SELECT\n  2;"), (3, "COPY t FROM stdin;\n1\n\\."), (6, "SELECT 3;")]
        );
        assert!(found[2].source.text().starts_with("\n\nCOPY"), "{found:?}");
        let refused = |text: &str| steps(&source(text)).unwrap_err();
        assert_eq!(refused("SELECT 1;\nCOMMIT;"), "line 2 begins or ends a transaction where none can");
        assert_eq!(refused("BEGIN;\nSELECT 1;"), "line 1 begins a transaction that nothing ends");
        assert_eq!(refused("\\echo a"), "line 1 is \\echo, which is no statement of its own");
    }
}

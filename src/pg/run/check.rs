//! What of a script is not covered: it is named before anything is run.

use std::path::{Path, PathBuf};

use crate::pg::run::Shell;
use crate::pg::run::meta;
use crate::pg::script::{Encoding, Piece, PieceKind, Source, split, unsupported};

/// How many commands are named at most.
const NAMED: usize = 5;

/// Looks through scripts for meta-commands that are not covered; answers how many statements there are.
///
/// # Errors
/// Names them with file and line.
pub fn check(sources: &[(Source, Option<PathBuf>)], shell: Shell) -> Result<usize, String> {
    let (mut found, mut statements) = (Vec::new(), 0);
    for (source, _) in sources {
        let pieces = split(source);
        found.extend(uncovered(source, &pieces, shell));
        statements += pieces.iter().filter(|it| it.kind == PieceKind::Statement).count();
    }
    named(&found).map(|()| statements)
}

/// Looks through a script that another includes.
pub(super) fn check_one(source: &Source, shell: Shell) -> Result<(), String> {
    named(&uncovered(source, &split(source), shell))
}

fn named(found: &[String]) -> Result<(), String> {
    let more = found.len().saturating_sub(NAMED);
    let listed = found.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    match (found.len(), more) {
        (0, _) => Ok(()),
        (_, 0) => Err(listed),
        (_, more) => Err(format!("{listed} and {more} more")),
    }
}

fn uncovered(source: &Source, pieces: &[Piece], shell: Shell) -> Vec<String> {
    let named = |line: usize, command: &str| match source.name().is_empty() {
        true => format!("\\{command} in line {line}"),
        false => format!("{}: \\{command}", source.place(line)),
    };
    let is_covered = |command: &str| match (command, shell) {
        ("!", Shell::Refused) => false,
        (command, _) => !meta::is_missing(command),
    };
    unsupported(source, pieces, is_covered).into_iter().map(|it| named(it.line, &it.command)).collect()
}

/// A file's script, under the name that the user gave it.
pub(super) fn read(path: &Path, name: &str, encoding: Encoding) -> Result<Source, String> {
    let bytes = std::fs::read(path).map_err(|err| format!("{name}: {}", reason(&err)))?;
    Source::read(name, bytes, Some(encoding).filter(|it| *it != Encoding::default()))
        .map_err(|err| err.to_string())
}

/// The system's reason as C programs word it.
pub(super) fn reason(err: &std::io::Error) -> String {
    let text = err.to_string();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}

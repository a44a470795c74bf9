//! What of a script is not covered: it is named before anything is run.

use std::path::{Path, PathBuf};

use crate::pg::run::Shell;
use crate::pg::run::condition::boolean;
use crate::pg::run::meta;
use crate::pg::script::{Encoding, MetaCommand, Piece, PieceKind, Source, meta_commands, split};

/// How many commands are named at most.
const NAMED: usize = 5;
/// How deep files that include each other are looked into.
const DEPTH: usize = 8;

/// Looks through scripts for what is not covered.
///
/// # Errors
/// Names it with file and line.
pub fn check(sources: &[(Source, Option<PathBuf>)], shell: Shell) -> Result<(), String> {
    let mut found = Vec::new();
    // Where there is no backslash there is no meta-command, and nothing to be looked for.
    for (source, file) in sources.iter().filter(|(it, _)| it.text().contains('\\')) {
        Check { shell, depth: 0, found: &mut found }.script(source, &split(source), file.as_deref());
    }
    named(&found)
}

/// How many statements scripts have.
pub fn statements(sources: &[(Source, Option<PathBuf>)]) -> usize {
    let is_statement = |it: &Piece| it.kind == PieceKind::Statement;
    sources.iter().map(|(it, _)| split(it).into_iter().filter(is_statement).count()).sum()
}

/// Looks through a script that another includes.
pub(super) fn check_one(source: &Source, file: &Path, shell: Shell) -> Result<(), String> {
    let mut found = Vec::new();
    Check { shell, depth: 0, found: &mut found }.script(source, &split(source), Some(file));
    named(&found)
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

/// A look through scripts.
struct Check<'a> {
    shell: Shell,
    depth: usize,
    found: &'a mut Vec<String>,
}

impl Check<'_> {
    /// Looks at all commands, but for those that are certain never to be run.
    fn script(&mut self, source: &Source, pieces: &[Piece], file: Option<&Path>) {
        let (mut depth, mut dead) = (0usize, None);
        for it in meta_commands(source, pieces) {
            match it.name {
                "if" => {
                    depth += 1;
                    if dead.is_none() && boolean(it.arguments.trim()) == Some(false) {
                        dead = Some(depth);
                    }
                }
                "elif" | "else" if dead == Some(depth) => dead = None,
                "endif" => {
                    dead = dead.filter(|it| *it != depth);
                    depth = depth.saturating_sub(1);
                }
                _ if dead.is_some() => {}
                "q" | "quit" if depth == 0 => return,
                _ => self.command(source, it, file),
            }
        }
    }

    fn command(&mut self, source: &Source, it: MetaCommand<'_>, file: Option<&Path>) {
        let what = match (it.name, self.shell) {
            ("!", Shell::Allowed) => None,
            ("!", Shell::Refused) => Some("\\!".to_owned()),
            (name, _) if meta::is_missing(name) => Some(format!("\\{name}")),
            (name, _) => meta::beyond(name, it.arguments),
        };
        match what {
            Some(what) if source.name().is_empty() => self.found.push(format!("{what} in line {}", it.line)),
            Some(what) => self.found.push(format!("{}: {what}", source.place(it.line))),
            None => self.included(it, file),
        }
    }

    /// Looks into a file that is included, if its name does not depend on anything. One that cannot be read may be made by
    /// the time it is included.
    fn included(&mut self, it: MetaCommand<'_>, file: Option<&Path>) {
        let name = it.arguments.trim();
        if !meta::includes(it.name) || name.contains([':', '\'', '"', '`', '~']) || self.depth >= DEPTH {
            return;
        }
        let path = meta::included_path(it.name, name, file.and_then(Path::parent));
        if let Ok(source) = read(&path, &path.display().to_string(), Encoding::default()) {
            self.depth += 1;
            self.script(&source, &split(&source), Some(&path));
            self.depth -= 1;
        }
    }
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

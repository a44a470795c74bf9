//! What of a script is not covered: it is named before anything is run.

use std::path::{Path, PathBuf};

use crate::pg::run::Shell;
use crate::pg::run::foreseen::ForeseenArguments;
use crate::pg::run::meta;
use crate::pg::script::{
    Encoding, MetaAction, MetaCommand, MetaSyntax, Piece, PieceKind, Source, meta_commands, split,
};

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
            // A command that psql does not have fails only if it is run.
            let Some(syntax) = MetaSyntax::of(it.name) else { continue };
            match syntax.action {
                Some(MetaAction::If) => {
                    depth += 1;
                    if dead.is_none() && ForeseenArguments::of(it).is_false_condition() {
                        dead = Some(depth);
                    }
                }
                Some(MetaAction::Elif | MetaAction::Else) if dead == Some(depth) => dead = None,
                Some(MetaAction::Endif) => {
                    dead = dead.filter(|it| *it != depth);
                    depth = depth.saturating_sub(1);
                }
                Some(_) | None if dead.is_some() => {}
                Some(MetaAction::Quit) if depth == 0 => return,
                Some(action) => self.covered(source, it, action, file),
                None => self.name(source, it.line, &format!("\\{}", it.name)),
            }
        }
    }

    /// Checks a command that is covered except for some arguments.
    fn covered(&mut self, source: &Source, it: MetaCommand<'_>, action: MetaAction, file: Option<&Path>) {
        let foreseen = ForeseenArguments::of(it);
        if action == MetaAction::Shell {
            if self.shell == Shell::Refused {
                self.name(source, it.line, "\\!");
            }
        } else if !is_covered(action, &foreseen) {
            let words: Vec<&str> = it.arguments.split_whitespace().collect();
            self.name(source, it.line, &format!("\\{} {}", it.name, words.join(" ")));
        } else {
            self.included(action, &foreseen, file);
        }
    }

    /// Notes something that is not covered.
    fn name(&mut self, source: &Source, line: usize, what: &str) {
        self.found.push(match source.name() {
            "" => format!("{what} in line {line}"),
            _ => format!("{}: {what}", source.place(line)),
        });
    }

    /// Checks a file that is included, if its name does not depend on the run. An unreadable file may exist by the time it is
    /// included.
    fn included(&mut self, action: MetaAction, foreseen: &ForeseenArguments, file: Option<&Path>) {
        if !matches!(action, MetaAction::Include | MetaAction::IncludeRelative) || self.depth >= DEPTH {
            return;
        }
        let Some(name) = foreseen.known().and_then(|it| it.first()) else { return };
        if name.text.starts_with('~') {
            return;
        }
        let path = meta::included_path(action, &name.text, file.and_then(Path::parent));
        if let Ok(source) = read(&path, &path.display().to_string(), Encoding::default()) {
            self.depth += 1;
            self.script(&source, &split(&source), Some(&path));
            self.depth -= 1;
        }
    }
}

/// Returns whether these arguments of a command are covered.
fn is_covered(action: MetaAction, foreseen: &ForeseenArguments) -> bool {
    let text = |place: usize| foreseen.arguments.get(place).map(|it| it.text.as_str());
    if action == MetaAction::Copy {
        return !text(0).is_some_and(meta::copies_by_shell);
    }
    if foreseen.has_backquotes {
        return false;
    }
    if action == MetaAction::Go {
        return !foreseen.arguments.last().is_some_and(|it| it.text.starts_with('|'));
    }
    action != MetaAction::Pset || !text(0).is_some_and(|option| meta::is_missing(option, text(1)))
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns what is found in a script beside files that hold a command which is not covered.
    fn found(text: &str, shell: Shell) -> String {
        let dir = tempfile::tempdir().unwrap();
        for name in ["a b.sql", "a.sql", "a;.sql"] {
            std::fs::write(dir.path().join(name), "\\watch\n").unwrap();
        }
        let script = Source::new("s.sql", text.to_owned());
        let found = check(&[(script, Some(dir.path().join("s.sql")))], shell).err().unwrap_or_default();
        found.replace(&format!("{}/", dir.path().display()), "")
    }

    #[test]
    fn a_file_is_found_by_the_name_that_the_command_will_read() {
        for (text, in_file) in [
            ("\\ir a.sql;", "a.sql:1: \\watch"),
            ("\\ir a.sql ; b", "a.sql:1: \\watch"),
            ("\\ir 'a b.sql';", "a b.sql:1: \\watch"),
            ("\\ir 'a;.sql' ;", "a;.sql:1: \\watch"),
            ("\\ir \"a.sql\"", ""),
            ("\\ir ; a.sql", ""),
            ("\\ir :dir.sql", ""),
        ] {
            assert_eq!(found(text, Shell::Refused), in_file, "{text}");
        }
    }

    #[test]
    fn a_command_is_not_covered_if_the_shell_gives_or_takes_its_arguments() {
        for (text, is_named) in [
            ("\\echo `date`", true),
            ("\\echo '`date`'", false),
            ("\\pset null `date`", true),
            ("\\a `date`", false),
            ("\\g |cat", true),
            ("\\g (format=csv null=|) |cat", true),
            ("\\g (format=csv null=|) a", false),
            ("\\g a |cat", false),
            ("\\copy t to program 'cat';", true),
            ("\\COPY t to PROGRAM'cat';", true),
            ("\\copy (select ' to program ''cat''') to a", false),
            ("\\pset format html", true),
            ("\\pset 'format' 'html'", true),
            ("\\pset format html;", false),
            ("\\if false; \n\\echo `date`\n\\endif", false),
            ("\\if :yes\n\\echo `date`\n\\endif", true),
            ("\\nosuch \\echo `date`", false),
        ] {
            assert_eq!(!found(text, Shell::Refused).is_empty(), is_named, "{text}");
        }
    }

    #[test]
    fn the_shell_itself_is_refused_unless_it_is_allowed() {
        assert_eq!(found("\\! ls", Shell::Refused), "s.sql:1: \\!");
        assert_eq!(found("\\! ls", Shell::Allowed), "");
    }
}

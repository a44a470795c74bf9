//! The meta-commands: their names, and what all of them have in common.

mod branch;
mod buffer;
mod describe;
mod display;
mod file;
mod pset;
mod text;
mod transfer;

pub(super) mod connection;
pub(super) mod result;
pub(super) mod timing;

use std::path::{Path, PathBuf};

use crate::pg::run::fault::Fault;
use crate::pg::run::{Frame, Runner};
use crate::pg::script::{Argument, ArgumentError, Kind, Source, Values};
use result::Go;

/// The meta-commands that are covered.
const COMMANDS: &[&str] = &[
    "!",
    "C",
    "a",
    "c",
    "connect",
    "conninfo",
    "copy",
    "echo",
    "elif",
    "else",
    "encoding",
    "endif",
    "f",
    "g",
    "gexec",
    "gset",
    "gx",
    "i",
    "if",
    "include",
    "include_relative",
    "ir",
    "p",
    "print",
    "pset",
    "q",
    "qecho",
    "quit",
    "r",
    "reset",
    "restrict",
    "set",
    "t",
    "timing",
    "unrestrict",
    "unset",
    "warn",
    "x",
];

/// The other meta-commands of psql, and of later ones than psql 15.
const NOT_COVERED: &[&str] = &[
    "?",
    "H",
    "T",
    "bind",
    "cd",
    "copyright",
    "crosstabview",
    "drg",
    "e",
    "edit",
    "ef",
    "errverbose",
    "ev",
    "gdesc",
    "getenv",
    "h",
    "help",
    "html",
    "lo_export",
    "lo_import",
    "lo_unlink",
    "o",
    "out",
    "password",
    "prompt",
    "s",
    "setenv",
    "sf",
    "sf+",
    "sv",
    "sv+",
    "w",
    "watch",
    "write",
];

/// Whether psql has a meta-command that is not covered. One that it has not either is wrong only where it is run.
pub(super) fn is_missing(command: &str) -> bool {
    NOT_COVERED.contains(&command)
}

/// Whether psql passes over it where it is not run. It looks no further than the `d` of those that begin so.
/// What a command is given that is not covered, as far as that can be seen without running anything.
pub(super) fn beyond(command: &str, arguments: &str) -> Option<String> {
    let words: Vec<&str> = arguments.split_whitespace().collect();
    let is_covered = match command {
        "g" | "gx" => !arguments.trim_start().starts_with('|'),
        "copy" => {
            !words.windows(2).any(|it| matches!(it, [way, program] if is_way(way) && is_program(program)))
        }
        "pset" => {
            let option = words.first().copied().unwrap_or_default();
            !pset::is_missing(option, words.get(1).map(|it| it.trim_matches('\'')))
        }
        _ => !has_backquotes(arguments),
    };
    (!is_covered).then(|| format!("\\{command} {}", words.join(" ")))
}

fn is_way(word: &str) -> bool {
    word.eq_ignore_ascii_case("from") || word.eq_ignore_ascii_case("to")
}

fn is_program(word: &str) -> bool {
    word.eq_ignore_ascii_case("program")
}

/// Whether a command of the shell is to give an argument.
fn has_backquotes(arguments: &str) -> bool {
    arguments.split('\'').step_by(2).any(|it| it.contains('`'))
}

/// Whether a command includes another script.
pub(super) fn includes(command: &str) -> bool {
    matches!(command, "i" | "include" | "ir" | "include_relative")
}

/// Where the script is that a command includes; `folder` is that of the script it stands in.
pub(super) fn included_path(command: &str, name: &str, folder: Option<&Path>) -> PathBuf {
    let is_relative = matches!(command, "ir" | "include_relative") && Path::new(name).is_relative();
    match folder {
        Some(folder) if is_relative => folder.join(name),
        Some(_) | None => PathBuf::from(name),
    }
}

fn is_psqls(command: &str) -> bool {
    command.eq_ignore_ascii_case("copy")
        || COMMANDS.contains(&command)
        || NOT_COVERED.contains(&command)
        || command.starts_with('d')
        || describe::is_known(command)
}

fn invalid(name: &str) -> Fault {
    Fault::own(format_args!("invalid command \\{name}"))
}

/// How the script goes on after a meta-command.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// With what follows.
    On,
    /// Not at all.
    Quit,
}

/// What is left to be done when a meta-command has been read.
#[derive(Debug)]
enum Then {
    /// Nothing.
    Nothing,
    /// The query is sent.
    Send(Go),
    /// Another script is run.
    Include(Box<Source>, Option<PathBuf>),
    /// The script ends.
    Quit,
}

impl Runner {
    /// Runs the meta-command that begins here.
    pub(super) async fn meta(&mut self, frame: &mut Frame<'_>) -> Result<Next, Fault> {
        let mut name = frame.scanner.meta_name();
        // The only one that psql takes in any case.
        if name.eq_ignore_ascii_case("copy") {
            name.make_ascii_lowercase();
        }
        let ran = match (self.restricted.is_some() && name != "unrestrict", frame.conditions.is_active()) {
            (true, _) => Err(Fault::own("backslash commands are restricted; only \\unrestrict is allowed")),
            (false, _) if branch::is_branch(&name) => self.branch(frame, &name).map(|()| Then::Nothing),
            (false, true) => self.command(frame, &name).await,
            // psql has to know a command even where it is not run.
            (false, false) if is_psqls(&name) => {
                frame.scanner.skip_arguments(Kind::unread(&name));
                Ok(Then::Nothing)
            }
            (false, false) => Err(invalid(&name)),
        };
        self.end_of_meta(frame, &name, ran.is_ok());
        match ran? {
            Then::Nothing => Ok(Next::On),
            Then::Quit => Ok(Next::Quit),
            Then::Send(go) => self.forced(frame, &go).await.map(|()| Next::On),
            Then::Include(source, file) => self.include(frame, &source, file).await.map(|()| Next::On),
        }
    }

    async fn command(&mut self, frame: &mut Frame<'_>, name: &str) -> Result<Then, Fault> {
        match name {
            "q" | "quit" => return Ok(Then::Quit),
            "g" | "gx" => return self.go(frame, name).map(Then::Send),
            "gset" => return self.gset(frame).map(Then::Send),
            "gexec" => return Ok(Then::Send(Go { to: result::To::Statements, ..Go::default() })),
            name if includes(name) => return self.included(frame, name),
            "c" | "connect" => self.connect(frame).await?,
            "copy" => self.copy_file(frame).await?,
            "!" => self.shell(frame).await?,
            "conninfo" => self.conninfo()?,
            "encoding" => self.encoding(frame)?,
            "echo" | "qecho" | "warn" => self.echo(frame, name)?,
            "set" => self.set_variable(frame)?,
            "unset" => self.unset_variable(frame)?,
            "p" | "print" => self.print_query(frame)?,
            "r" | "reset" => self.reset_query(frame)?,
            "restrict" | "unrestrict" => self.restrict(frame, name)?,
            "timing" => self.time(frame)?,
            name if describe::is_known(name) => self.describe(frame, name).await?,
            "a" | "C" | "f" | "pset" | "t" | "x" => self.display(frame, name)?,
            _ => return Err(invalid(name)),
        }
        Ok(Then::Nothing)
    }

    /// Passes over what is left of the command's line.
    fn end_of_meta(&mut self, frame: &mut Frame<'_>, name: &str, is_done: bool) {
        if !is_done {
            frame.scanner.skip_arguments(Kind::WholeLine);
        }
        let left = frame.scanner.skip_arguments(Kind::Normal);
        if frame.conditions.is_active() {
            for extra in left {
                self.screen.warn(&format!("\\{name}: extra argument \"{}\" ignored", extra.text));
            }
        }
        frame.scanner.end_meta();
    }

    /// Sends the query that no semicolon has ended, or the one before it again.
    async fn forced(&mut self, frame: &mut Frame<'_>, go: &Go) -> Result<(), Fault> {
        let sent = match frame.query.is_empty() {
            true => {
                let again = self.previous.clone();
                self.send_text(&again, go).await
            }
            false => self.send_query(frame, go).await,
        };
        if !frame.query.is_empty() {
            self.finish_query(frame);
        }
        frame.scanner.reset();
        sent
    }

    /// The next argument of the command.
    fn argument(&mut self, frame: &mut Frame<'_>, kind: Kind) -> Result<Option<Argument>, Fault> {
        let value = |name: &str| self.variables.get(name).map(str::to_owned);
        match frame.scanner.argument(kind, &Values::Of(&value)) {
            Ok(argument) => Ok(argument),
            // psql says so, and goes on without the argument.
            Err(err @ ArgumentError::Unterminated) => {
                self.screen.complain(&format!("error: {err}"));
                Ok(None)
            }
            Err(err @ ArgumentError::Backtick { .. }) => Err(Fault::own(err)),
        }
    }

    /// The next argument's text.
    fn word(&mut self, frame: &mut Frame<'_>) -> Result<Option<String>, Fault> {
        Ok(self.argument(frame, Kind::Normal)?.map(|it| it.text))
    }

    /// All arguments that are left.
    fn arguments(&mut self, frame: &mut Frame<'_>) -> Result<Vec<Argument>, Fault> {
        let mut all = Vec::new();
        while let Some(argument) = self.argument(frame, Kind::Normal)? {
            all.push(argument);
        }
        Ok(all)
    }

    /// The next argument, without which the command is nothing.
    fn required(&mut self, frame: &mut Frame<'_>, name: &str) -> Result<String, Fault> {
        let word = self.word(frame)?;
        word.ok_or_else(|| Fault::own(format_args!("\\{name}: missing required argument")))
    }
}

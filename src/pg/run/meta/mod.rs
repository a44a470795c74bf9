//! The meta-commands: their names, and what all of them have in common.

mod branch;
mod buffer;
mod copy_request;
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
use crate::pg::script::{Argument, ArgumentError, MetaAction, MetaCall, Values};
use result::Go;

pub(super) use copy_request::copies_by_shell;
pub(super) use pset::is_missing;

/// Where the script is that a command includes; `folder` is that of the script it stands in.
pub(super) fn included_path(action: MetaAction, name: &str, folder: Option<&Path>) -> PathBuf {
    let is_relative = action == MetaAction::IncludeRelative && Path::new(name).is_relative();
    match folder {
        Some(folder) if is_relative => folder.join(name),
        Some(_) | None => PathBuf::from(name),
    }
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
    /// The script ends.
    Quit,
}

impl Runner {
    /// Runs the meta-command that begins here.
    pub(super) async fn meta(&mut self, frame: &mut Frame<'_>) -> Result<Next, Fault> {
        let name = frame.scanner.meta_name();
        let ran = match MetaCall::new(&name) {
            _ if self.restricted.is_some() && name != "unrestrict" => {
                Err(Fault::own("backslash commands are restricted; only \\unrestrict is allowed"))
            }
            Some(mut call) => {
                let ran = self.call(frame, &mut call).await;
                debug_assert!(
                    ran.is_err() || call.is_complete(),
                    "\\{name} has not read all of its arguments"
                );
                ran
            }
            None => Err(invalid(&name)),
        };
        self.end_of_meta(frame, &name, ran.is_ok());
        match ran? {
            Then::Nothing => Ok(Next::On),
            Then::Quit => Ok(Next::Quit),
            Then::Send(go) => self.forced(frame, &go).await.map(|()| Next::On),
        }
    }

    /// Runs a command of psql, or skips it in a branch that is not taken.
    async fn call(&mut self, frame: &mut Frame<'_>, call: &mut MetaCall) -> Result<Then, Fault> {
        let is_active = frame.conditions.is_active();
        match call.syntax.action {
            Some(MetaAction::If) => self.begin_branch(frame, call)?,
            Some(MetaAction::Elif) => self.turn_branch(frame, call)?,
            Some(MetaAction::Else) => self.else_branch(frame)?,
            Some(MetaAction::Endif) => self.end_branch(frame)?,
            Some(_) | None if !is_active => self.pass_arguments(frame, call),
            Some(action) => return self.command(frame, call, action).await,
            None => return Err(invalid(&call.name)),
        }
        Ok(Then::Nothing)
    }

    async fn command(
        &mut self,
        frame: &mut Frame<'_>,
        call: &mut MetaCall,
        action: MetaAction,
    ) -> Result<Then, Fault> {
        match action {
            MetaAction::Quit => return Ok(Then::Quit),
            MetaAction::Go => return self.go(frame, call).map(Then::Send),
            MetaAction::Gset => return self.gset(frame, call).map(Then::Send),
            MetaAction::Gexec => return Ok(Then::Send(Go { to: result::To::Statements, ..Go::default() })),
            MetaAction::Include | MetaAction::IncludeRelative => self.include(frame, call, action).await?,
            MetaAction::Connect => self.connect(frame, call).await?,
            MetaAction::Copy => self.copy_file(frame, call).await?,
            MetaAction::Shell => self.shell(frame, call).await?,
            MetaAction::Conninfo => self.conninfo()?,
            MetaAction::Describe => self.describe(frame, call).await?,
            MetaAction::Encoding => self.encoding(frame, call)?,
            MetaAction::Echo => self.echo(frame, call)?,
            MetaAction::Set => self.set_variable(frame, call)?,
            MetaAction::Unset => self.unset_variable(frame, call)?,
            MetaAction::Print => self.print_query(frame)?,
            MetaAction::Reset => self.reset_query(frame)?,
            MetaAction::Restrict => self.restrict(frame, call)?,
            MetaAction::Unrestrict => self.unrestrict(frame, call)?,
            MetaAction::Timing => self.time(frame, call)?,
            MetaAction::Align => self.align()?,
            MetaAction::Title => self.set_display(frame, call, "title")?,
            MetaAction::FieldSeparator => self.set_display(frame, call, "fieldsep")?,
            MetaAction::TuplesOnly => self.set_display(frame, call, "tuples_only")?,
            MetaAction::Expanded => self.set_display(frame, call, "expanded")?,
            MetaAction::Pset => self.pset(frame, call)?,
            // These run in every branch, see `call`.
            MetaAction::If | MetaAction::Elif | MetaAction::Else | MetaAction::Endif => {}
        }
        Ok(Then::Nothing)
    }

    /// Passes over what is left of the command's line.
    fn end_of_meta(&mut self, frame: &mut Frame<'_>, name: &str, is_done: bool) {
        if !is_done {
            frame.scanner.pass_line();
        }
        loop {
            match frame.scanner.extra_argument() {
                Ok(None) => break,
                Ok(Some(extra)) if frame.conditions.is_active() => {
                    self.screen.warn(&format!("\\{name}: extra argument \"{}\" ignored", extra.text));
                }
                Ok(Some(_)) => {}
                Err(err) => self.screen.complain(&format!("error: {err}")),
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

    /// Skips the arguments of a command that is not run.
    fn pass_arguments(&mut self, frame: &mut Frame<'_>, call: &mut MetaCall) {
        if let Err(err) = frame.scanner.pass_arguments(call) {
            self.screen.complain(&format!("error: {err}"));
        }
    }

    /// Reads the command's next argument as its row of the table says. No command reads arguments in another way.
    fn argument(&mut self, frame: &mut Frame<'_>, call: &mut MetaCall) -> Result<Option<Argument>, Fault> {
        let value = |name: &str| self.variables.get(name).map(str::to_owned);
        match frame.scanner.argument(call, &Values::Of(&value)) {
            Ok(argument) => Ok(argument),
            // psql says so, and goes on without the argument.
            Err(err @ ArgumentError::Unterminated) => {
                self.screen.complain(&format!("error: {err}"));
                Ok(None)
            }
            Err(err @ ArgumentError::Backtick { .. }) => Err(Fault::own(err)),
        }
    }

    /// Reads the next argument's text.
    fn word(&mut self, frame: &mut Frame<'_>, call: &mut MetaCall) -> Result<Option<String>, Fault> {
        Ok(self.argument(frame, call)?.map(|it| it.text))
    }

    /// Reads all arguments that the command takes, and leaves out missing ones.
    fn arguments(&mut self, frame: &mut Frame<'_>, call: &mut MetaCall) -> Result<Vec<Argument>, Fault> {
        let mut all = Vec::new();
        while !call.is_complete() {
            all.extend(self.argument(frame, call)?);
        }
        Ok(all)
    }

    /// Reads the next argument, which is required.
    fn required(&mut self, frame: &mut Frame<'_>, call: &mut MetaCall) -> Result<String, Fault> {
        self.word(frame, call)?.ok_or_else(|| missing(call))
    }
}

fn invalid(name: &str) -> Fault {
    Fault::own(format_args!("invalid command \\{name}"))
}

fn missing(call: &MetaCall) -> Fault {
    Fault::own(format_args!("\\{}: missing required argument", call.name))
}

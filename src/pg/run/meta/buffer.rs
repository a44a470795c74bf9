//! Meta-commands about the query that is being gathered, and about what the script may do.

use crate::pg::run::fault::Fault;
use crate::pg::run::meta::missing;
use crate::pg::run::{Frame, Runner, Shell};
use crate::pg::script::MetaCall;

impl Runner {
    /// `\p`: the query so far, or the one before it.
    pub(super) fn print_query(&mut self, frame: &Frame<'_>) -> Result<(), Fault> {
        let text = if frame.query.is_empty() { self.previous.as_str() } else { frame.query.text() };
        match text.is_empty() {
            true => self.screen.tell("Query buffer is empty.")?,
            false => self.screen.line(text)?,
        }
        Ok(())
    }

    /// `\r`: forgets the query so far.
    pub(super) fn reset_query(&mut self, frame: &mut Frame<'_>) -> Result<(), Fault> {
        frame.query.clear();
        frame.scanner.reset();
        Ok(self.screen.tell("Query buffer reset (cleared).")?)
    }

    /// `\restrict KEY`: no meta-commands until `\unrestrict KEY`, as `pg_dump` wants it around data that it does not trust.
    pub(super) fn restrict(&mut self, frame: &mut Frame<'_>, call: &mut MetaCall) -> Result<(), Fault> {
        self.restricted = Some(self.key(frame, call)?);
        Ok(())
    }

    /// `\unrestrict KEY`.
    pub(super) fn unrestrict(&mut self, frame: &mut Frame<'_>, call: &mut MetaCall) -> Result<(), Fault> {
        let key = self.key(frame, call)?;
        match &self.restricted {
            None => Err(Fault::own("\\unrestrict: not currently in restricted mode")),
            Some(known) if *known != key => Err(Fault::own("\\unrestrict: wrong key")),
            Some(_) => {
                self.restricted = None;
                Ok(())
            }
        }
    }

    /// Reads a key, which must not be empty.
    fn key(&mut self, frame: &mut Frame<'_>, call: &mut MetaCall) -> Result<String, Fault> {
        let key = self.required(frame, call)?;
        if key.is_empty() { Err(missing(call)) } else { Ok(key) }
    }

    /// `\! COMMAND`, where that is allowed.
    pub(super) async fn shell(&mut self, frame: &mut Frame<'_>, call: &mut MetaCall) -> Result<(), Fault> {
        let line = self.word(frame, call)?.unwrap_or_default();
        if self.shell == Shell::Refused {
            return Err(Fault::own(
                "\\!: commands of the shell are not run here; `--options shell=allow` lets them",
            ));
        }
        self.screen.flush()?;
        let ended = tokio::process::Command::new("sh").args(["-c", &line]).status().await;
        match ended {
            Ok(status) => {
                self.variables.record("SHELL_ERROR", if status.success() { "false" } else { "true" });
                let code = status.code().unwrap_or(-1).to_string();
                self.variables.record("SHELL_EXIT_CODE", &code);
                Ok(())
            }
            Err(err) => Err(Fault::own(format_args!("\\!: {err}"))),
        }
    }
}

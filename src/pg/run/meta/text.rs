//! Meta-commands that print text, and those about variables.

use crate::pg::run::fault::Fault;
use crate::pg::run::{Frame, Runner};
use crate::pg::script::{Encoding, MetaCall, Quoting};

impl Runner {
    /// `\echo`, `\qecho`, `\warn`: the arguments with blanks between them; after `-n` without a newline.
    pub(super) fn echo(&mut self, frame: &mut Frame<'_>, call: &mut MetaCall) -> Result<(), Fault> {
        let words = self.arguments(frame, call)?;
        let (words, end) = match words.split_first() {
            Some((first, rest)) if first.text == "-n" && first.quoting == Quoting::Bare => (rest, ""),
            Some(_) | None => (words.as_slice(), "\n"),
        };
        let text: Vec<&str> = words.iter().map(|it| it.text.as_str()).collect();
        let text = text.join(" ");
        if call.name == "warn" {
            self.screen.say(&text, end);
            return Ok(());
        }
        self.screen.write(text.as_bytes())?;
        self.screen.write(end.as_bytes())?;
        Ok(self.screen.flush()?)
    }

    /// `\set`: alone it lists the variables.
    pub(super) fn set_variable(&mut self, frame: &mut Frame<'_>, call: &mut MetaCall) -> Result<(), Fault> {
        let mut words = self.arguments(frame, call)?.into_iter().map(|it| it.text);
        match words.next() {
            None => {
                let listed = self.variables.listed();
                self.screen.write(listed.as_bytes())?;
            }
            Some(name) => self.variables.set(&name, words.collect()).map_err(Fault::own)?,
        }
        self.heed();
        Ok(())
    }

    /// `\unset`.
    pub(super) fn unset_variable(&mut self, frame: &mut Frame<'_>, call: &mut MetaCall) -> Result<(), Fault> {
        let name = self.required(frame, call)?;
        self.variables.unset(&name).map_err(Fault::own)?;
        self.heed();
        Ok(())
    }

    /// Does as those variables say that others have to know of.
    pub(in crate::pg::run) fn heed(&mut self) {
        self.place.speak(self.variables.verbosity(), self.variables.context());
        let is_quiet = self.variables.is_on("QUIET");
        self.screen.set(|it| it.quiet = is_quiet);
    }

    /// `\encoding`: what results are written in. The connection's text stays UTF-8.
    pub(super) fn encoding(&mut self, frame: &mut Frame<'_>, call: &mut MetaCall) -> Result<(), Fault> {
        let Some(name) = self.word(frame, call)? else {
            let name = self.screen.encoding().name();
            return Ok(self.screen.line(name)?);
        };
        let encoding = Encoding::named(&name);
        let unknown =
            || Fault::own(format_args!("{name}: invalid encoding name or conversion procedure not found"));
        self.write_in(encoding.ok_or_else(unknown)?);
        Ok(())
    }

    /// Writes results in another encoding from now on.
    pub(in crate::pg::run) fn write_in(&mut self, encoding: Encoding) {
        self.screen.encode(encoding);
        self.variables.record("ENCODING", encoding.name());
    }
}

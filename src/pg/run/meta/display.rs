//! Meta-commands that change how results are printed; all are forms of `\pset`.

use crate::pg::render::settings::Format;
use crate::pg::run::fault::Fault;
use crate::pg::run::meta::pset;
use crate::pg::run::{Frame, Runner};
use crate::pg::script::MetaCall;

impl Runner {
    /// `\a`: switches between aligned and unaligned output.
    pub(super) fn align(&mut self) -> Result<(), Fault> {
        let is_aligned = self.screen.printer.settings().format == Format::Aligned;
        self.change_display("format", Some(if is_aligned { "unaligned" } else { "aligned" }))
    }

    /// `\C`, `\f`, `\t`, `\x`: sets one option.
    pub(super) fn set_display(
        &mut self,
        frame: &mut Frame<'_>,
        call: &mut MetaCall,
        option: &str,
    ) -> Result<(), Fault> {
        let value = self.word(frame, call)?;
        self.change_display(option, value.as_deref())
    }

    /// `\pset`: sets an option; alone it lists them.
    pub(super) fn pset(&mut self, frame: &mut Frame<'_>, call: &mut MetaCall) -> Result<(), Fault> {
        let (option, value) = (self.word(frame, call)?, self.word(frame, call)?);
        match option {
            Some(option) => self.change_display(&option, value.as_deref()),
            None => Ok(self.screen.write(pset::all(self.screen.printer.settings()).as_bytes())?),
        }
    }

    /// Sets an option, and reports its value.
    fn change_display(&mut self, option: &str, value: Option<&str>) -> Result<(), Fault> {
        let mut settings = self.screen.printer.settings().clone();
        pset::set(&mut settings, option, value).map_err(Fault::own)?;
        let line = pset::told(&settings, option, value);
        self.screen.printer.set(settings);
        match pset::is_told(option, value) {
            true => Ok(self.screen.tell(&line)?),
            false => Ok(()),
        }
    }
}

//! Meta-commands that change how results are printed; all are forms of `\pset`.

use crate::pg::render::settings::Format;
use crate::pg::run::fault::Fault;
use crate::pg::run::meta::pset;
use crate::pg::run::{Frame, Runner};

impl Runner {
    /// Changes how results are printed, and says so.
    pub(super) fn display(&mut self, frame: &mut Frame<'_>, name: &str) -> Result<(), Fault> {
        let is_aligned = self.screen.printer.settings().format == Format::Aligned;
        let (option, value) = match name {
            "a" => ("format".to_owned(), Some(if is_aligned { "unaligned" } else { "aligned" }.to_owned())),
            "C" => ("title".to_owned(), self.word(frame)?),
            "f" => ("fieldsep".to_owned(), self.word(frame)?),
            "t" => ("tuples_only".to_owned(), self.word(frame)?),
            "x" => ("expanded".to_owned(), self.word(frame)?),
            _ => match self.word(frame)? {
                None => {
                    return Ok(self.screen.write(pset::all(self.screen.printer.settings()).as_bytes())?);
                }
                Some(option) => (option, self.word(frame)?),
            },
        };
        let mut settings = self.screen.printer.settings().clone();
        pset::set(&mut settings, &option, value.as_deref()).map_err(Fault::own)?;
        let line = pset::told(&settings, &option, value.as_deref());
        self.screen.printer.set(settings);
        match pset::is_told(&option, value.as_deref()) {
            true => Ok(self.screen.tell(&line)?),
            false => Ok(()),
        }
    }
}

//! `\\d` and its like.

use crate::pg::describe::{Found, Sheet, Unfound, arguments, describe};
use crate::pg::query::Failure;
use crate::pg::render::settings::Expanded;
use crate::pg::run::fault::Fault;
use crate::pg::run::{Frame, Runner};
use crate::pg::script::{Argument, Kind};

pub(super) use crate::pg::describe::is_known;

impl Runner {
    /// Prints what is asked for of the database's objects.
    pub(super) async fn describe(&mut self, frame: &mut Frame<'_>, name: &str) -> Result<(), Fault> {
        let mut words = Vec::new();
        while words.len() < arguments(name) {
            let word = self.argument(frame, Kind::Normal)?.and_then(Argument::without_semicolons);
            let Some(word) = word else { break };
            words.push(word.text);
        }
        match describe(&self.link.session, name, &words).await {
            Ok(Found::Sheets(sheets)) => {
                for sheet in sheets {
                    self.print_sheet(sheet)?;
                }
                Ok(())
            }
            Ok(Found::Nothing(why)) => {
                self.screen.complain(&format!("error: {why}"));
                Ok(())
            }
            Err(Unfound::Wrong(why)) => Err(Fault::own(why)),
            Err(Unfound::Failed(Failure::Lost(why), _)) => Err(Fault::Lost(why)),
            Err(Unfound::Failed(failure, sql)) => Err(Fault::of(failure, &sql)),
        }
    }

    fn print_sheet(&mut self, sheet: Sheet) -> Result<(), Fault> {
        let mut settings = self.screen.printer.settings().clone();
        settings.title = Some(sheet.title);
        settings.footers = sheet.footers;
        // As psql does, whatever stands for NULL elsewhere.
        settings.null = String::new();
        if sheet.is_never_expanded {
            settings.expanded = Expanded::Off;
        }
        let before = self.screen.exchange(settings);
        for event in sheet.events {
            self.screen.event(event)?;
        }
        self.screen.exchange(before);
        Ok(())
    }
}

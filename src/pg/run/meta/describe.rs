//! `\\d` and its like.

use crate::pg::describe::{Found, Sheet, Unfound, describe};
use crate::pg::query::Failure;
use crate::pg::render::settings::Expanded;
use crate::pg::run::fault::Fault;
use crate::pg::run::{Frame, Runner};
use crate::pg::script::MetaCall;

impl Runner {
    /// Prints what is asked for of the database's objects.
    pub(super) async fn describe(&mut self, frame: &mut Frame<'_>, call: &mut MetaCall) -> Result<(), Fault> {
        let words: Vec<String> = self.arguments(frame, call)?.into_iter().map(|it| it.text).collect();
        match describe(&self.link.session, &call.name, &words).await {
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

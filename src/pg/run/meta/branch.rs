//! `\if \elif \else \endif`.

use crate::pg::run::condition::{Need, boolean};
use crate::pg::run::fault::Fault;
use crate::pg::run::{Frame, Runner};
use crate::pg::script::MetaCall;

impl Runner {
    /// `\if`: enters a branch.
    pub(super) fn begin_branch(&mut self, frame: &mut Frame<'_>, call: &mut MetaCall) -> Result<(), Fault> {
        let value = self.condition(frame, call, frame.conditions.begin())?;
        frame.marks.push(frame.scanner.mark(&frame.query));
        frame.conditions.open(value);
        Ok(())
    }

    /// `\elif`: enters the next branch.
    pub(super) fn turn_branch(&mut self, frame: &mut Frame<'_>, call: &mut MetaCall) -> Result<(), Fault> {
        let need = frame.conditions.alternative().map_err(Fault::own)?;
        let was_active = frame.conditions.is_active();
        self.turn(frame, was_active);
        let value = self.condition(frame, call, need)?;
        frame.conditions.turn(value);
        Ok(())
    }

    /// `\else`: enters the last branch.
    pub(super) fn else_branch(&mut self, frame: &mut Frame<'_>) -> Result<(), Fault> {
        let was_active = frame.conditions.is_active();
        frame.conditions.otherwise().map_err(Fault::own)?;
        self.turn(frame, was_active);
        Ok(())
    }

    /// `\endif`: leaves the branch.
    pub(super) fn end_branch(&mut self, frame: &mut Frame<'_>) -> Result<(), Fault> {
        let was_active = frame.conditions.is_active();
        frame.conditions.close().map_err(Fault::own)?;
        self.turn(frame, was_active);
        frame.marks.pop();
        Ok(())
    }

    /// Keeps the text of a branch that was run, and takes back that of one that was not.
    fn turn(&mut self, frame: &mut Frame<'_>, was_active: bool) {
        let Some(mark) = frame.marks.last_mut() else { return };
        match was_active {
            true => *mark = frame.scanner.mark(&frame.query),
            false => frame.scanner.rewind(&mut frame.query, *mark),
        }
    }

    /// Returns the value of a condition, or `None` if it does not count. A value that is neither yes nor no is reported, and
    /// is no.
    fn condition(
        &mut self,
        frame: &mut Frame<'_>,
        call: &mut MetaCall,
        need: Need,
    ) -> Result<Option<bool>, Fault> {
        if need == Need::Ignore {
            self.pass_arguments(frame, call);
            return Ok(None);
        }
        let words: Vec<String> = self.arguments(frame, call)?.into_iter().map(|it| it.text).collect();
        let text = words.join(" ");
        let value = boolean(&text);
        if value.is_none() {
            let what = format!("\\{} expression", call.name);
            let why = format!("error: unrecognized value \"{text}\" for \"{what}\": Boolean expected");
            self.screen.complain(&why);
        }
        Ok(Some(value.unwrap_or(false)))
    }
}

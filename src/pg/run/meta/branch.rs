//! `\if \elif \else \endif`.

use crate::pg::run::condition::{Need, boolean};
use crate::pg::run::fault::Fault;
use crate::pg::run::{Frame, Runner};
use crate::pg::script::Kind;

/// Whether a meta-command is read even in a branch that is not run.
pub(super) fn is_branch(name: &str) -> bool {
    matches!(name, "if" | "elif" | "else" | "endif")
}

impl Runner {
    /// Enters, changes or leaves a branch. The text of the query that a branch which is not run has added is taken back.
    pub(super) fn branch(&mut self, frame: &mut Frame<'_>, name: &str) -> Result<(), Fault> {
        match name {
            "if" => {
                let value = self.condition(frame, frame.conditions.begin(), "\\if expression")?;
                frame.marks.push(frame.scanner.mark(&frame.query));
                frame.conditions.open(value);
                Ok(())
            }
            "elif" => {
                let need = frame.conditions.alternative().map_err(Fault::own)?;
                self.leave(frame);
                let value = self.condition(frame, need, "\\elif expression")?;
                frame.conditions.turn(value);
                Ok(())
            }
            "else" => {
                let was_active = frame.conditions.is_active();
                frame.conditions.otherwise().map_err(Fault::own)?;
                self.turn(frame, was_active);
                Ok(())
            }
            _ => {
                let was_active = frame.conditions.is_active();
                frame.conditions.close().map_err(Fault::own)?;
                self.turn(frame, was_active);
                frame.marks.pop();
                Ok(())
            }
        }
    }

    fn leave(&mut self, frame: &mut Frame<'_>) {
        let was_active = frame.conditions.is_active();
        self.turn(frame, was_active);
    }

    /// Keeps the text of a branch that was run, and takes back that of one that was not.
    fn turn(&mut self, frame: &mut Frame<'_>, was_active: bool) {
        let Some(mark) = frame.marks.last_mut() else { return };
        match was_active {
            true => *mark = frame.scanner.mark(&frame.query),
            false => frame.scanner.rewind(&mut frame.query, *mark),
        }
    }

    /// The value of a condition that counts. What is neither yes nor no is told, and is no.
    fn condition(&mut self, frame: &mut Frame<'_>, need: Need, what: &str) -> Result<Option<bool>, Fault> {
        if need == Need::Ignore {
            frame.scanner.skip_arguments(Kind::Normal);
            return Ok(None);
        }
        let words: Vec<String> = self.arguments(frame)?.into_iter().map(|it| it.text).collect();
        let text = words.join(" ");
        let value = boolean(&text);
        if value.is_none() {
            let why = format!("error: unrecognized value \"{text}\" for \"{what}\": Boolean expected");
            self.screen.complain(&why);
        }
        Ok(Some(value.unwrap_or(false)))
    }
}

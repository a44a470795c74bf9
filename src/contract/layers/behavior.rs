//! The second layer: what only reads is run in a clean room, and nothing else is.

use std::io;

use crate::contract::clause::Judged;
use crate::contract::finding::Judgment;
use crate::contract::load::Loaded;
use crate::contract::subject::Subject;
use crate::contract::trial::{Setting, Trial};
use crate::contract::{commands, file_structure, security};
use crate::room::run::Sweep;

/// Judges what a resource's commands answer.
///
/// # Errors
/// Where no clean room can be made.
pub fn judge(
    loaded: &Loaded,
    subject: &Subject,
    setting: &Setting,
    judgment: &mut Judgment,
) -> io::Result<()> {
    loaded.contract.compatibility.behave(setting, judgment);
    match subject.is_shut() {
        Some(why) => loaded.skip_rest(Judged::Behavior, judgment, why),
        None => {
            let room = setting.room(subject)?;
            ask(&mut Trial::new(loaded, subject, &room, Sweep::Room, judgment));
            loaded.skip_rest(Judged::Behavior, judgment, "nothing that was run shows it");
        }
    }
    judgment.sort();
    Ok(())
}

/// Asks all that can be asked without changing anything.
pub(super) fn ask(trial: &mut Trial<'_>) {
    security::refusals(trial);
    file_structure::behave(trial);
    commands::behave(trial);
    security::behave(trial);
    let secrets = trial.secrets();
    trial.judgment.mask(&secrets);
}

//! `content`: what can be judged of it by reading.

use crate::contract::finding::Finding;
use crate::contract::trial::{Trial, ending, shown};

const REQUIRED: &str = "commands.content.get.flags.--name.required";
const REFUSED: &str = "commands.content.get.exit_codes.1";

/// Judges a pattern for the list, and getting something that is not named.
pub(super) fn behave(trial: &mut Trial<'_>) {
    if trial.flag("content list", "--filter").is_some() && trial.offers("content list") {
        super::accepts("content list", "--filter", &["--filter no-such-thing"], trial);
    }
    if trial.flag("content get", "--name").is_some_and(|it| it.required) && trial.offers("content get") {
        nameless(trial);
    }
}

fn nameless(trial: &mut Trial<'_>) {
    let Some(ran) = trial.provoke("content get") else { return };
    let finding = |clause: &str, seen: String| {
        let finding = Finding::in_command(clause, &shown("content get"));
        finding.expected("code 1, since the name is missing").seen(seen)
    };
    match ran.code() {
        Some(0) => {
            trial.judgment.fail(finding(REQUIRED, "code 0".to_owned()));
            trial.judgment.skip(REFUSED, "nothing was refused");
        }
        code => {
            trial.judgment.pass(REQUIRED);
            trial.judgment.hold(code == Some(1), || finding(REFUSED, ending(&ran)));
        }
    }
}

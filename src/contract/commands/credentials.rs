//! `credentials`: masked, unless they are asked for in clear.

use crate::contract::finding::Finding;
use crate::contract::security::{holds_secret, secrets_in};
use crate::contract::trial::{Trial, shown};

const SHOW: &str = "commands.credentials.flags.--show-secrets";

/// Judges what is masked.
pub(super) fn behave(trial: &mut Trial<'_>) {
    if trial.flag("credentials", "--show-secrets").is_none() || !trial.offers("credentials") {
        return;
    }
    let default = format!("{SHOW}.default");
    let Some(plain) = trial.ask("credentials") else { return };
    if plain.code() != Some(0) {
        let why = "there are no credentials";
        trial.judgment.skip(SHOW, why);
        return trial.judgment.skip(&default, why);
    }
    masked(&default, trial);
    if super::accepts("credentials", "--show-secrets", &["--show-secrets"], trial) {
        shown_in_clear(trial);
    }
}

/// Whether no form of the answer shows a secret unasked.
fn masked(clause: &str, trial: &mut Trial<'_>) {
    let secrets = trial.secrets();
    let values = trial.flag("credentials", "--format").map(|it| it.values.as_slice()).unwrap_or_default();
    let lines = values.iter().map(|it| format!("credentials --format {it}"));
    trial.judgment.pass(clause);
    for line in std::iter::once("credentials".to_owned()).chain(lines) {
        let Some(ran) = trial.provoke(&line) else { continue };
        if holds_secret(&ran.stdout, &secrets) || !secrets_in(&ran.stdout).is_empty() {
            trial.judgment.fail(
                Finding::in_command(clause, &shown(&line))
                    .expected("secrets are masked")
                    .seen("one stands there in clear")
                    .mend("print a mask such as ******** unless --show-secrets is given"),
            );
        }
    }
}

/// Whether the flag shows what is hidden without it.
fn shown_in_clear(trial: &mut Trial<'_>) {
    let (plain, clear) = ("credentials --format json", "credentials --format json --show-secrets");
    let (Some(plain), Some(clear)) = (trial.provoke(plain), trial.provoke(clear)) else { return };
    let is_masked = |text: &str| text.contains("***");
    trial.judgment.hold(!(is_masked(&plain.stdout) && plain.stdout == clear.stdout), || {
        Finding::in_command(SHOW, &shown("credentials --format json --show-secrets"))
            .expected("secrets in clear")
            .seen("the same as without the flag")
    });
}

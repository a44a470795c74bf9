//! What a command's exit code says, against what it has printed.

use crate::contract::commands::clause;
use crate::contract::finding::Finding;
use crate::contract::trial::{Trial, said, shown};
use crate::room::run::Ran;

/// Judges the code of a command that only reads. Those that it could have ended with as well are not judged.
pub(super) fn behave(name: &str, trial: &mut Trial<'_>) {
    let codes = format!("{}.exit_codes", clause(name));
    let Some(ran) = trial.ask(name) else { return };
    let Some(code) = ran.code() else { return };
    let command = trial.command(name);
    trial.judgment.hold(is_meant(name, code, &ran), || {
        let meaning = command.and_then(|it| it.exit_codes.get(&u8::try_from(code).ok()?));
        Finding::in_command(&format!("{codes}.{code}"), &shown(name))
            .expected(meaning.cloned().unwrap_or_else(|| "what the code means".to_owned()))
            .seen(match ran.stdout.trim().is_empty() {
                true => format!("code {code} without a word{}", said(&ran)),
                false => format!("code {code} behind {} lines", ran.stdout.lines().count()),
            })
    });
    trial.skip_below(&codes, &format!("`{name}` ended with {code}"));
}

/// Whether a code fits to what was printed, as far as that can be told.
fn is_meant(name: &str, code: i32, ran: &Ran) -> bool {
    let (says, complains) = (!ran.stdout.trim().is_empty(), !ran.stderr.trim().is_empty());
    match (name, code) {
        ("logs" | "credentials", 0) => says || complains,
        // An empty list may be shown as nothing.
        ("content list", 0) => says || !complains,
        ("logs" | "credentials", 2) => ran.stdout.lines().count() <= 1,
        (_, _) => true,
    }
}

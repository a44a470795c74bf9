//! The flags of commands that do something: whether their help tells of them.

use crate::contract::commands::{Command, READS, clause};
use crate::contract::file_structure;
use crate::contract::finding::Finding;
use crate::contract::trial::{Trial, ending, shown};

/// Why help is not asked for.
const NO_HELP: &str =
    "`status --help` is not answered with help, so that others might do their work when asked for theirs";

/// Judges the help of every subcommand.
pub(super) fn behave(trial: &mut Trial<'_>) {
    let contract = trial.contract;
    for (group, command) in &contract.commands {
        for (sub, command) in command.subcommands.iter() {
            let name = format!("{group} {sub}");
            if !READS.contains(&name.as_str()) {
                told(&name, command, trial);
            }
        }
        let mut subs = command.subcommands.iter().map(|(sub, _)| format!("{group} {sub}"));
        if trial.honors_help() && subs.any(|it| trial.offers(&it)) {
            trial.judgment.pass(&clause(group));
        }
    }
}

fn told(name: &str, command: &Command, trial: &mut Trial<'_>) {
    let own = clause(name);
    if !trial.honors_help() {
        return trial.skip_below(&own, NO_HELP);
    }
    if !super::is_there(name, command, trial) {
        return trial.skip_below(&own, "the resource does not offer it");
    }
    let line = format!("{name} --help");
    let Some(help) = trial.provoke(&line) else { return };
    trial.judgment.hold(help.code() == Some(0), || {
        Finding::in_command(file_structure::HELP, &shown(&line))
            .expected("help, and code 0")
            .seen(ending(&help))
    });
    for flag in command.flags.keys() {
        let is_told = mentions(&help.stdout, flag) || elsewhere(name, flag, trial);
        trial.judgment.hold(is_told, || {
            Finding::in_command(&format!("{own}.flags.{flag}"), &shown(&line))
                .expected(format!("help that tells of {flag}"))
                .seen("it does not")
                .mend("name the flag in the help")
                .advice()
        });
    }
}

/// Whether the help of all, or of the group, tells of a command's flag on one line with the command.
fn elsewhere(name: &str, flag: &str, trial: &mut Trial<'_>) -> bool {
    let (group, sub) = name.split_once(' ').unwrap_or((name, name));
    ["help".to_owned(), format!("{group} --help")].iter().any(|line| {
        let help = trial.provoke(line);
        help.is_some_and(|it| it.stdout.lines().any(|it| it.contains(sub) && mentions(it, flag)))
    })
}

/// Whether a text names a flag, and not only one whose name begins so.
fn mentions(text: &str, flag: &str) -> bool {
    text.match_indices(flag).any(|(at, _)| {
        let next = text.get(at + flag.len()..).and_then(|it| it.chars().next());
        !next.is_some_and(|it| it.is_alphanumeric() || it == '-')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_is_not_named_by_a_longer_one() {
        assert!(mentions("  --keep-data  keep it", "--keep-data"));
        assert!(mentions("[--force|--name N]", "--name"));
        assert!(!mentions("--force-all", "--force"));
        assert!(!mentions("--names", "--name"));
    }
}

//! `logs`: so many lines, from such a moment on, and on as they are written.

use std::time::Duration;

use crate::contract::finding::Finding;
use crate::contract::trial::{Trial, ending, shown};
use crate::room::run::Ended;

const TAIL: &str = "commands.logs.flags.--tail";
const FOLLOW: &str = "commands.logs.flags.--follow";
/// Below so many lines it is not seen whether they were counted.
const FEW: usize = 3;
/// How long lines are followed.
const MOMENT: Duration = Duration::from_millis(700);

/// Judges its flags.
pub(super) fn behave(trial: &mut Trial<'_>) {
    if trial.command("logs").is_none() || !trial.offers("logs") {
        return;
    }
    if trial.flag("logs", "--tail").is_some() {
        tail(trial);
    }
    if trial.flag("logs", "--since").is_some() {
        super::accepts("logs", "--since", &["--since 2000-01-01T00:00:00Z", "--since 1h"], trial);
    }
    if trial.flag("logs", "--follow").is_some() {
        follow(trial);
    }
}

fn tail(trial: &mut Trial<'_>) {
    let Some(plain) = trial.ask("logs") else { return };
    if plain.code() != Some(0) {
        let why = "there is no log";
        trial.judgment.skip(TAIL, why);
        return trial.judgment.skip(&format!("{TAIL}.default"), why);
    }
    if !super::accepts("logs", "--tail", &["--tail 1"], trial) {
        return;
    }
    let Some(one) = trial.provoke("logs --tail 1") else { return };
    let (all, head) = (plain.stdout.lines().count(), one.stdout.lines().count());
    trial.judgment.hold(all <= FEW || head < all, || {
        Finding::in_command(TAIL, &shown("logs --tail 1"))
            .expected("one line of the log")
            .seen(format!("{head} lines, as many as without the flag"))
    });
    let default = trial.flag("logs", "--tail").and_then(|it| it.default.as_ref()?.as_u64());
    let Some(default) = default.and_then(|it| usize::try_from(it).ok()) else { return };
    // What stands above the lines stands above the one line as well.
    let most = default + head.saturating_sub(1);
    trial.judgment.hold(all <= most, || {
        Finding::in_command(&format!("{TAIL}.default"), &shown("logs"))
            .expected(format!("the last {default} lines"))
            .seen(format!("{all} lines"))
    });
}

fn follow(trial: &mut Trial<'_>) {
    let line = "logs --follow";
    if trial.ask("logs").is_none_or(|it| it.code() != Some(0)) {
        return trial.judgment.skip(FOLLOW, "there is no log");
    }
    let ran = trial.glimpse(line, MOMENT);
    let runs = trial.ask("status").is_some_and(|it| it.code() == Some(0));
    let finding = |seen: String| {
        Finding::in_command(FOLLOW, &shown(line)).expected("lines, until it is interrupted").seen(seen)
    };
    match ran.ended {
        Ended::OutOfTime | Ended::Stopped => trial.judgment.pass(FOLLOW),
        // Of what does not run nothing more will come.
        Ended::Code(0) if !runs => trial.judgment.pass(FOLLOW),
        Ended::Code(_)
        | Ended::Signal(_)
        | Ended::Overflow
        | Ended::Crowd
        | Ended::Glut
        | Ended::Unstarted(_) => trial.judgment.fail(finding(ending(&ran))),
    }
}

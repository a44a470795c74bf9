//! The timer by which schedules are followed without anybody's doing.

use crate::context::Ctx;
use crate::error::Error;
use crate::timers::{Job, Kind, MINUTES, Scope};

/// Has `run-due` run again and again, in the place of what was installed before.
pub async fn install(ctx: &Ctx) -> Result<(), Error> {
    // The door stays where it is when the program behind it is built anew.
    let door = ctx.resource_dir.as_ref().map(|it| it.join("cli.sh"));
    let program = door.map_or_else(|| ctx.program(), Ok)?.display().to_string();
    let words = [&program, "content", "backup", "run-due"].map(str::to_owned).to_vec();
    let kind = ctx.timers().install(&Job { words, variables: ctx.lasting() }).await?;
    ctx.out.note(&format!("{} runs what is due every {MINUTES} minutes", told(kind)));
    if kind == Kind::Systemd(Scope::User) {
        ctx.out.note("next: `loginctl enable-linger` lets it go on while you are logged out");
    }
    Ok(())
}

/// Takes away what was installed.
pub async fn remove(ctx: &Ctx) -> Result<(), Error> {
    match ctx.timers().remove().await? {
        Some(kind) => ctx.out.note(&format!("{} is gone", told(kind))),
        None => ctx.out.note("there was no timer"),
    }
    Ok(())
}

fn told(kind: Kind) -> &'static str {
    match kind {
        Kind::Systemd(Scope::System) => "a timer of systemd's",
        Kind::Systemd(Scope::User) => "a timer of your systemd's",
        Kind::Crontab => "an entry of your crontab",
    }
}

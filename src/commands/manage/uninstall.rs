//! `manage uninstall`: remove every instance, with its data or without.

use std::io::{IsTerminal, Write, stderr, stdin};

use crate::context::Ctx;
use crate::error::Error;
use crate::exit::{Skip, Verdict};
use crate::instances::name::Name;
use crate::lifecycle::observe::{Observed, glance};
use crate::lifecycle::remove::{Fate, remove};
use crate::output::Reply;

/// Remove all instances; PostgreSQL's programs stay
#[derive(Clone, Debug, Default, clap::Args)]
pub struct UninstallArgs {
    /// Do not ask before data is deleted
    #[arg(long)]
    pub force: bool,
    /// Keep the data, so that `manage install` finds it again
    #[arg(long)]
    pub keep_data: bool,
}

/// Removes all instances.
pub async fn run(ctx: &Ctx, args: &UninstallArgs) -> Result<Reply, Error> {
    let names: Vec<Name> = ctx.store.list()?.into_iter().map(|(name, _)| name).collect();
    if names.is_empty() {
        for name in ctx.store.kept()? {
            ctx.out.note(&format!(
                "kept data of `{name}` is in {}: `content remove --name {name} --force` deletes it",
                ctx.store.dir(&name).display()
            ));
        }
        return Ok(Reply::plain(Verdict::Skipped(Skip::NotInstalled)));
    }
    refuse_unreachable(ctx, &names).await?;
    let fate = if args.keep_data { Fate::Kept } else { Fate::Deleted };
    if fate == Fate::Deleted && !args.force {
        let list = names.iter().map(Name::as_str).collect::<Vec<_>>().join(", ");
        confirm(&format!("deleting all data of {list}"), "`--force` deletes it, `--keep-data` keeps it")?;
    }
    for name in &names {
        remove(ctx, name, fate).await?;
        ctx.out.note(&match fate {
            Fate::Deleted => format!("`{name}` is removed with its data"),
            Fate::Kept => {
                format!("`{name}` is removed; its data is kept in {}", ctx.store.dir(name).display())
            }
        });
    }
    if fate == Fate::Deleted {
        ctx.store.clear(ctx.store.hold_all(&ctx.command, &ctx.waiting).await?)?;
    }
    Ok(Reply::plain(Verdict::Done))
}

/// Refuses as a whole what could be done to some instances only: those of an unreachable engine would be left.
async fn refuse_unreachable(ctx: &Ctx, names: &[Name]) -> Result<(), Error> {
    for name in names {
        // One with a record that cannot be read can be removed all the same.
        let Ok(Some(record)) = ctx.store.find(name) else { continue };
        if let Ok(Observed { seen: Err(err), .. }) = glance(ctx, record).await {
            return Err(err);
        }
    }
    Ok(())
}

/// Asks the person at the terminal; where there is none, the flags have to say it.
pub fn confirm(what: &str, flags: &str) -> Result<(), Error> {
    let unconfirmed = || Error::Unconfirmed { what: what.to_owned(), flags: flags.to_owned() };
    if !stdin().is_terminal() || !stderr().is_terminal() {
        return Err(unconfirmed());
    }
    let mut answer = String::new();
    let asked =
        write!(stderr(), "{what}: are you sure? [y/N] ").and_then(|()| stdin().read_line(&mut answer));
    match asked {
        Ok(_) if ["y", "yes"].contains(&answer.trim().to_lowercase().as_str()) => Ok(()),
        Ok(_) | Err(_) => Err(unconfirmed()),
    }
}

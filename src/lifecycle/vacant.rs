//! A name for an instance that something is to be copied into: what interruptions have left there is cleared away, and
//! nothing else.

use std::time::Duration;

use crate::context::Ctx;
use crate::engine::{Engine, Fate};
use crate::error::Error;
use crate::instances::name::Name;
use crate::instances::record::Record;
use crate::instances::store::Held;
use crate::lifecycle::create::{end_interrupted, refuse_strangers};
use crate::lifecycle::restore::refuse_used;
use crate::secret::Secret;

/// How long somebody else's lock is waited for, who holds it for as long as his work takes.
const LOOK: Duration = Duration::from_millis(50);

/// Letters of a throw-away instance's name.
const LETTERS: usize = 8;

/// Says why an instance is in use, or that it was never handed to anybody.
pub type Judge = fn(&Record) -> Result<(), Error>;

/// Holds a name that nothing has; what was left there is cleared away first.
pub async fn vacant(ctx: &Ctx, name: &Name, judge: Judge) -> Result<Held, Error> {
    loop {
        let held = ctx.store.hold(name, &ctx.command, &ctx.waiting).await?;
        let Some(left) = left(ctx, name, judge)? else {
            refuse_strangers(ctx, name)?;
            return Ok(held);
        };
        // The lock goes with the rest, and is taken anew.
        discard(ctx, &held, &left).await?;
    }
}

/// Holds a new name for an instance that is taken away again. Those whose makers were killed go first.
pub async fn throwaway(ctx: &Ctx, prefix: &str) -> Result<Held, Error> {
    sweep(ctx, prefix).await?;
    let letters = Secret::random().reveal().to_ascii_lowercase();
    let name = format!("{prefix}{}", letters.get(..LETTERS).unwrap_or_default());
    let name = name.parse().map_err(|_| Error::Usage(format!("`{name}` is no name of an instance")))?;
    vacant(ctx, &name, refuse_used).await
}

/// Takes away throw-away instances whose makers were killed. Those that are in use are held.
pub async fn sweep(ctx: &Ctx, prefix: &str) -> Result<(), Error> {
    let is_left = |it: &Record| it.name.as_str().starts_with(prefix) && refuse_used(it).is_ok();
    for (held, record) in abandoned(ctx, is_left).await? {
        discard(ctx, &held, &record).await?;
    }
    Ok(())
}

/// What was left under a name. One that is in use is refused, and so is data that an uninstall has kept.
pub fn left(ctx: &Ctx, name: &Name, judge: Judge) -> Result<Option<Record>, Error> {
    match ctx.store.find(name)? {
        Some(record) => judge(&record).map(|()| Some(record)),
        None if ctx.store.kept()?.contains(name) => {
            Err(taken(format!("kept data of an instance `{name}`"), name))
        }
        None => Ok(None),
    }
}

/// What interrupted commands have left of a kind, held. What goes on is held by somebody else, and is none of it.
pub async fn abandoned(ctx: &Ctx, is_left: impl Fn(&Record) -> bool) -> Result<Vec<(Held, Record)>, Error> {
    let mut found = Vec::new();
    for (name, record) in ctx.store.list()? {
        if !record.is_ok_and(|it| is_left(&it)) {
            continue;
        }
        let hold = ctx.store.hold(&name, &ctx.command, &ctx.waiting);
        let Ok(held) = tokio::time::timeout(LOOK, hold).await else { continue };
        let held = held?;
        // Whoever held it before may have finished it.
        if let Some(record) = ctx.store.find(&name)?.filter(&is_left) {
            found.push((held, record));
        }
    }
    Ok(found)
}

/// The error that a name is taken by this.
pub fn taken(what: String, name: &Name) -> Error {
    let removes = format!("`resource-postgres content remove --name {name} --force` removes it");
    Error::Taken { what, advice: format!("choose another name; {removes}") }
}

/// Takes away an instance that was never handed to anybody.
pub async fn discard(ctx: &Ctx, held: &Held, record: &Record) -> Result<(), Error> {
    let site = ctx.site(record);
    ctx.engine.sweep(&site).await?;
    end_interrupted(ctx, record).await?;
    ctx.engine.forget(&site, Fate::Deleted).await?;
    ctx.store.delete(held)
}

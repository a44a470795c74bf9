//! Confirming an upgrade: the successor takes the name, the port and the clients of the instance that it was made of, which
//! is kept under another name. One exchange of two folders is all that counts; whatever is killed before or after it is
//! finished by the next confirmation.

use crate::context::Ctx;
use crate::engine::twin::resettle;
use crate::engine::{Engine, Fate, Halt, Process};
use crate::error::Error;
use crate::instances::name::Name;
use crate::instances::ports::{self, Wish};
use crate::instances::record::{Creation, Desired, PortSource, Record};
use crate::instances::store::Held;
use crate::lifecycle::create::{HALT_LIMIT, refuse_strangers};
use crate::lifecycle::upgrade::{predecessor, settle};
use crate::lifecycle::vacant::{left, taken};
use crate::lifecycle::{half_cloned, need};

/// A successor and the instance whose place it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The name that the one hands over to the other.
    pub name: Name,
    /// The name that is left for the one.
    pub aside: Name,
    /// How far that has come.
    pub stage: Stage,
}

/// How far a confirmation has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The successor is beside the other still, under this name.
    Beside(Name),
    /// The names are exchanged, and some of what follows is to be done.
    Exchanged,
}

/// Finds the successor of an instance: the one of this name, or the only one.
pub fn find(ctx: &Ctx, name: &Name, named: Option<&Name>) -> Result<Change, Error> {
    let record = need(ctx, name)?;
    if record.creation == Creation::Cloning {
        return Err(half_cloned(&record));
    }
    if let Some((its, major)) = predecessor(&record).filter(|(its, _)| its == name) {
        return Ok(Change { aside: aside(&its, major)?, name: its, stage: Stage::Exchanged });
    }
    let is_named = |it: &Record| named.is_none_or(|named| *named == it.name);
    let mut found: Vec<(Record, u32)> = Vec::new();
    for it in ctx.store.list()?.into_iter().filter_map(|(_, it)| it.ok()).filter(is_named) {
        let Some((_, major)) = predecessor(&it).filter(|(its, _)| its == name) else { continue };
        // What was made of an earlier version is none: that one has been replaced meanwhile.
        if crate::engine::major(&ctx.site(&record).data()).is_none_or(|own| own == major) {
            found.push((it, major));
        }
    }
    match found.as_slice() {
        [(one, _)] if one.creation == Creation::Cloning => Err(half_cloned(one)),
        [(one, major)] => {
            let stage = Stage::Beside(one.name.clone());
            Ok(Change { name: name.clone(), aside: aside(name, *major)?, stage })
        }
        several => Err(none_or_several(name, several)),
    }
}

fn none_or_several(name: &Name, found: &[(Record, u32)]) -> Error {
    let names: Vec<&str> = found.iter().map(|(it, _)| it.name.as_str()).collect();
    let (why, advice) = match names.as_slice() {
        [] => (
            "there is no successor of it to confirm".to_owned(),
            format!("`resource-postgres content upgrade {name} --to VERSION` makes one"),
        ),
        several => (
            format!("it has several successors: {}", several.join(", ")),
            "`--as NAME` says which".to_owned(),
        ),
    };
    Error::NotUpgraded { name: name.to_string(), why, advice }
}

fn aside(name: &Name, major: u32) -> Result<Name, Error> {
    format!("{name}-{major}").parse().map_err(Error::Usage)
}

/// Refuses what could not be finished, before anything is stopped.
pub async fn check(ctx: &Ctx, change: &Change) -> Result<(), Error> {
    let Stage::Beside(successor) = &change.stage else { return Ok(()) };
    if change.aside != *successor {
        left(ctx, &change.aside, |it| Err(taken(format!("instance `{}`", it.name), &it.name)))?;
        refuse_strangers(ctx, &change.aside)?;
    }
    ctx.engine.check(&ctx.site(&need(ctx, successor)?)).await
}

/// Does it, or what is left to do of it, and leaves the successor running.
pub async fn carry_out(ctx: &Ctx, change: &Change, named: Option<&Name>) -> Result<Record, Error> {
    let home = ctx.store.hold(&change.name, &ctx.command, &ctx.waiting).await?;
    if find(ctx, &change.name, named)? != *change {
        let (name, why) = (change.name.to_string(), "somebody else has confirmed it meanwhile".to_owned());
        return Err(Error::NotUpgraded { name, why, advice: "look at `content list-instances`".to_owned() });
    }
    let aside = match &change.stage {
        Stage::Exchanged => ctx.store.hold(&change.aside, &ctx.command, &ctx.waiting).await?,
        Stage::Beside(successor) => {
            let was = wish_of(ctx, change).await?;
            match exchange(ctx, change, successor, &home).await {
                Ok(aside) => aside,
                Err(err) => {
                    // The folders are as they were, and so is what their servers do for their clients.
                    settle(ctx, &home, &change.name, was).await?;
                    return Err(err);
                }
            }
        }
    };
    put_aside(ctx, change, &aside).await?;
    move_in(ctx, change, &home).await
}

/// Whether the instance runs that hands its name over.
async fn wish_of(ctx: &Ctx, change: &Change) -> Result<Desired, Error> {
    let process = ctx.engine.observe(&ctx.site(&need(ctx, &change.name)?)).await?.process;
    Ok(match process {
        Process::None => Desired::Stopped,
        Process::Alive { .. } | Process::Paused => Desired::Running,
    })
}

/// Stops both and exchanges their folders. The successor goes to the name that is left for the other before, so that
/// there is nothing to be renamed afterwards.
async fn exchange(ctx: &Ctx, change: &Change, successor: &Name, home: &Held) -> Result<Held, Error> {
    let beside = ctx.store.hold(successor, &ctx.command, &ctx.waiting).await?;
    let (old, mut new) = (need(ctx, &change.name)?, need(ctx, successor)?);
    let sites = [ctx.site(&new), ctx.site(&old)];
    for site in &sites {
        ctx.waiting.on(format!("the server of `{}` to stop", site.name));
        ctx.engine.halt(site, Halt::Fast, HALT_LIMIT).await?;
    }
    ctx.step("confirm-stopped");
    for site in &sites {
        ctx.engine.forget(site, Fate::Kept).await?;
    }
    ctx.step("confirm-forgotten");
    // Whoever starts `NAME` after the exchange reaches it where the clients look for it.
    (new.port, new.port_source) = (old.port, old.port_source);
    ctx.store.put(&beside, &new)?;
    resettle(&ctx.site(&new), &new.dir, &old.dir)?;
    ctx.step("confirm-recorded");
    let aside = match *successor == change.aside {
        true => beside,
        false => {
            let aside = ctx.store.hold(&change.aside, &ctx.command, &ctx.waiting).await?;
            ctx.store.rename(&beside, &aside)?;
            ctx.step("confirm-renamed");
            aside
        }
    };
    ctx.store.exchange(&aside, home)?;
    ctx.step("confirm-exchanged");
    Ok(aside)
}

/// Leaves the old instance stopped under its new name, with a port that nobody else has. It may be gone already.
async fn put_aside(ctx: &Ctx, change: &Change, aside: &Held) -> Result<(), Error> {
    let Some(mut old) = ctx.store.find(&change.aside)? else { return Ok(()) };
    let site = ctx.site(&old);
    ctx.engine.halt(&site, Halt::Fast, HALT_LIMIT).await?;
    resettle(&site, &ctx.store.dir(&change.name), &old.dir)?;
    old.desired = Desired::Stopped;
    if old.port == need(ctx, &change.name)?.port {
        let _store = ctx.store.hold_all(&ctx.command, &ctx.waiting).await?;
        let wish = Wish::Preferably(ctx.settings.default_port);
        old.port = ports::lease(wish, &ctx.settings.port_range, &ctx.store.leased()?)?;
        old.port_source = PortSource::Auto;
        ctx.store.put(aside, &old)?;
    }
    ctx.store.put(aside, &old)?;
    ctx.step("confirm-aside");
    Ok(())
}

/// The successor is the instance now, and no successor any more.
async fn move_in(ctx: &Ctx, change: &Change, home: &Held) -> Result<Record, Error> {
    let mut record = need(ctx, &change.name)?;
    record.clone_of = None;
    record.desired = Desired::Running;
    ctx.store.put(home, &record)?;
    ctx.step("confirm-done");
    settle(ctx, home, &change.name, Desired::Running).await?;
    need(ctx, &change.name)
}

//! Confirming an upgrade: the successor takes the name, the port and the clients of the instance that it was made of, which
//! is kept under another name. One exchange of two folders is all that counts; whatever is killed before or after it is
//! finished by the next confirmation.

use crate::context::Ctx;
use crate::engine::twin::resettle;
use crate::engine::{Engine, Fate, Halt, control};
use crate::error::Error;
use crate::instances::name::Name;
use crate::instances::ports::{self, Wish};
use crate::instances::record::{Creation, Desired, PortSource, Record};
use crate::instances::store::Held;
use crate::lifecycle::create::{HALT_LIMIT, refuse_strangers};
use crate::lifecycle::upgrade::{Predecessor, found, settle};
use crate::lifecycle::vacant::{left, taken};
use crate::lifecycle::{half_cloned, halt, need};

/// A successor and the instance whose place it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The name that the one hands over to the other.
    pub name: Name,
    /// The name that is left for the one.
    pub aside: Name,
    /// What tells its data from that of any other instance that may have that name by now.
    pub identifier: u64,
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
    if let Some(it) = Predecessor::of(&record).filter(|it| it.name == *name) {
        let (aside, identifier) = (aside(&it)?, it.identifier);
        return Ok(Change { name: it.name, aside, identifier, stage: Stage::Exchanged });
    }
    let own = control::identifier(&ctx.site(&record).data()).ok();
    // What was made of other data is none any more: that has been replaced, or removed.
    let is_own = |it: Predecessor| it.name == *name && own.is_none_or(|own| own == it.identifier);
    let is_successor = |it: &Record| Predecessor::of(it).is_some_and(is_own);
    let all: Vec<Record> =
        ctx.store.list()?.into_iter().filter_map(|(_, it)| it.ok()).filter(is_successor).collect();
    let Some(predecessor) = all.first().and_then(Predecessor::of) else {
        return Err(none_or_several(name, &[]));
    };
    let (aside, identifier) = (aside(&predecessor)?, predecessor.identifier);
    match meant(&all, named, &aside).as_slice() {
        [one] if one.creation == Creation::Cloning => Err(half_cloned(one)),
        [one] => {
            let stage = Stage::Beside(one.name.clone());
            Ok(Change { name: name.clone(), aside, identifier, stage })
        }
        several => Err(none_or_several(name, several)),
    }
}

/// Which of an instance's successors are meant. One that has the name that is left for the instance is about to take its
/// place: whatever it was called before, that was interrupted.
fn meant<'a>(all: &'a [Record], named: Option<&Name>, aside: &Name) -> Vec<&'a Record> {
    let called = |name: &Name| all.iter().filter(|it| it.name == *name).collect::<Vec<_>>();
    let found = named.map(called).unwrap_or_default();
    match (found.is_empty(), called(aside), named) {
        (false, _, _) => found,
        (true, begun, _) if !begun.is_empty() => begun,
        (true, _, Some(_)) => Vec::new(),
        (true, _, None) => all.iter().collect(),
    }
}

fn none_or_several(name: &Name, found: &[&Record]) -> Error {
    let names: Vec<&str> = found.iter().map(|it| it.name.as_str()).collect();
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

/// The name that is left for an instance whose place another takes.
fn aside(predecessor: &Predecessor) -> Result<Name, Error> {
    format!("{}-{}", predecessor.name, predecessor.major).parse().map_err(Error::Usage)
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
            let was = found(ctx, &change.name).await?;
            match exchange(ctx, change, successor, &home).await {
                Ok(aside) => aside,
                Err(err) => {
                    // The folders are as they were, and its clients want their server.
                    if let Err(also) = settle(ctx, &home, &change.name, was).await {
                        ctx.out.note(&format!("starting `{}` again: {}", change.name, also.line()));
                    }
                    return Err(err);
                }
            }
        }
    };
    put_aside(ctx, change, &aside).await?;
    move_in(ctx, change, &home).await
}

/// Stops both and exchanges their folders. The successor goes to the name that is left for the other before, so that
/// there is nothing to be renamed afterwards.
async fn exchange(ctx: &Ctx, change: &Change, successor: &Name, home: &Held) -> Result<Held, Error> {
    let beside = ctx.store.hold(successor, &ctx.command, &ctx.waiting).await?;
    let (old, mut new) = (need(ctx, &change.name)?, need(ctx, successor)?);
    let sites = [ctx.site(&new), ctx.site(&old)];
    for site in &sites {
        halt(ctx, site, Halt::Fast, HALT_LIMIT).await?;
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

/// Leaves the old instance stopped under its new name, with a port that nobody else has. It may be gone already, and another
/// have the name.
async fn put_aside(ctx: &Ctx, change: &Change, aside: &Held) -> Result<(), Error> {
    let Some(mut old) = ctx.store.find(&change.aside)? else { return Ok(()) };
    let site = ctx.site(&old);
    if control::identifier(&site.data()).is_ok_and(|it| it != change.identifier) {
        return Ok(());
    }
    halt(ctx, &site, Halt::Fast, HALT_LIMIT).await?;
    resettle(&site, &ctx.store.dir(&change.name), &old.dir)?;
    old.desired = Desired::Stopped;
    let leasing = ctx.store.hold_all(&ctx.command, &ctx.waiting).await?;
    if old.port == need(ctx, &change.name)?.port {
        let wish = Wish::Preferably(*ctx.settings.default_port.get()?);
        old.port = ports::lease(wish, ctx.settings.port_range.get()?, &ctx.store.leased()?)?;
        old.port_source = PortSource::Auto;
    }
    ctx.store.put(aside, &old)?;
    drop(leasing);
    ctx.step("confirm-aside");
    Ok(())
}

/// The successor is the instance now, and when it runs no successor any more.
async fn move_in(ctx: &Ctx, change: &Change, home: &Held) -> Result<Record, Error> {
    let mut record = need(ctx, &change.name)?;
    record.desired = Desired::Running;
    ctx.store.put(home, &record)?;
    settle(ctx, home, &change.name, Desired::Running).await?;
    // Its port may have been moved when it was started.
    let mut record = need(ctx, &change.name)?;
    record.clone_of = None;
    ctx.store.put(home, &record)?;
    ctx.step("confirm-done");
    Ok(record)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn name(text: &str) -> Name {
        text.parse().unwrap()
    }

    #[test]
    fn of_several_the_one_that_is_named_is_meant_or_the_one_that_was_about_to_take_the_place() {
        let successor =
            |it: &str| Record::parse(&name(it), Path::new("/"), "port=\"1\"\npassword=\"x\"\n").unwrap();
        let found = |all: &[&str], named: Option<&str>| {
            let all: Vec<Record> = all.iter().map(|it| successor(it)).collect();
            let meant = meant(&all, named.map(name).as_ref(), &name("main-15"));
            meant.iter().map(|it| it.name.to_string()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(found(&["main-18"], None), "main-18");
        assert_eq!(found(&["main-16", "main-18"], None), "main-16 main-18");
        assert_eq!(found(&["main-16", "main-18"], Some("main-16")), "main-16");
        assert_eq!(found(&["main-16", "main-18"], Some("other")), "");
        assert_eq!(found(&["main-15", "main-18"], None), "main-15");
        assert_eq!(found(&["main-15", "main-18"], Some("main-16")), "main-15", "it was called so before");
        assert_eq!(found(&["main-15", "main-18"], Some("main-18")), "main-18");
    }
}

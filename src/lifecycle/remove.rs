//! Removing an instance: the only place where data is deleted, always on an explicit word of the user's.

use std::time::Duration;

use crate::context::Ctx;
use crate::engine::{Engine, Halt, Site};
use crate::error::Error;
use crate::instances::name::Name;

/// How long a server may take to end before it is made to.
const HALT_LIMIT: Duration = Duration::from_secs(30);

/// What happens to the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It stays, with the record that opens it.
    Kept,
    /// It is deleted.
    Deleted,
}

/// Stops the instance and takes it out of use.
pub async fn remove(ctx: &Ctx, name: &Name, fate: Fate) -> Result<(), Error> {
    let held = ctx.store.hold(name, &ctx.command, &ctx.waiting).await?;
    let site = Site { name: name.to_string(), dir: ctx.store.dir(name), port: 0 };
    ctx.waiting.on(format!("the server of `{name}` to stop"));
    match ctx.engine.halt(&site, Halt::Fast, HALT_LIMIT).await {
        Err(Error::NotStopped { .. }) => ctx.engine.halt(&site, Halt::Immediate, HALT_LIMIT).await?,
        halted => halted?,
    }
    ctx.engine.forget(&site)?;
    match fate {
        Fate::Kept => ctx.store.keep(&held),
        Fate::Deleted => ctx.store.delete(&held),
    }
}

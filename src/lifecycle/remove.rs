//! Removing an instance: the only place where data is deleted, always on an explicit word of the user's.

use std::time::Duration;

use crate::context::Ctx;
pub use crate::engine::Fate;
use crate::engine::{Engine, Halt};
use crate::error::Error;
use crate::instances::name::Name;
use crate::instances::record::Creation;
use crate::lifecycle::halt;

/// How long a server may take to end before it is made to.
const HALT_LIMIT: Duration = Duration::from_secs(30);

/// Stops the instance and takes it out of use.
pub async fn remove(ctx: &Ctx, name: &Name, fate: Fate) -> Result<(), Error> {
    let held = ctx.store.hold(name, &ctx.command, &ctx.waiting).await?;
    let site = match ctx.store.find(name) {
        Ok(Some(record)) => {
            let site = ctx.site(&record);
            if record.creation == Creation::Cloning {
                // What fills it may go on, though whoever began it was killed.
                ctx.engine.sweep(&site).await?;
            }
            site
        }
        // It can be removed all the same.
        Ok(None) | Err(_) => ctx.site_of(name),
    };
    match halt(ctx, &site, Halt::Fast, HALT_LIMIT).await {
        Err(Error::NotStopped { .. }) => ctx.engine.halt(&site, Halt::Immediate, HALT_LIMIT).await?,
        halted => halted?,
    }
    ctx.engine.forget(&site, fate).await?;
    match fate {
        Fate::Kept => ctx.store.keep(&held),
        Fate::Deleted => ctx.store.delete(&held),
    }
}

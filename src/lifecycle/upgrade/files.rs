//! Upgrading by `pg_upgrade`: files are copied while the old server is stopped, which is started again.

use crate::context::Ctx;
use crate::engine::twin::Twin;
use crate::error::Error;
use crate::instances::record::{Desired, Record};
use crate::instances::store::Held;
use crate::lifecycle::upgrade::{Upgrade, begin, hold, raise, refuse_unreadable, serve, settle};
use crate::lifecycle::{need, session};
use crate::pg::form::{form, owner};

/// Makes the successor of the old one's files.
pub(super) async fn fill(
    ctx: &Ctx,
    held: &Held,
    upgrade: &Upgrade,
    record: &mut Record,
) -> Result<Twin, Error> {
    let (old, wanted) = (&upgrade.old, &upgrade.wanted);
    let served = serve(ctx, upgrade).await?;
    let form = ask(ctx, upgrade).await?;
    let twin = begin(ctx, upgrade, record, form).await?;
    let of_old = match served {
        Some(held) => held,
        None => hold(ctx, upgrade).await?,
    };
    settle(ctx, &of_old, &old.name, Desired::Stopped).await?;
    ctx.step("upgrade-stopped");
    ctx.waiting.on(format!("pg_upgrade to copy the files of `{}`", old.name));
    ctx.engine.native.upgrade(&twin.source, &twin.site, &old.user, wanted.jobs).await?;
    ctx.step("upgrade-copied");
    // Its users have waited for long enough.
    settle(ctx, &of_old, &old.name, upgrade.was).await?;
    ctx.step("upgrade-settled");
    drop(of_old);
    raise(ctx, held, record).await?;
    Ok(twin)
}

/// What initdb is to be told, of the server that runs still.
async fn ask(ctx: &Ctx, upgrade: &Upgrade) -> Result<Vec<String>, Error> {
    // Its port may have been moved when it was started.
    let old = need(ctx, &upgrade.old.name)?;
    let session = session::administer(ctx, &old, None).await?;
    refuse_unreadable(ctx, upgrade, &session, 1).await?;
    let owner = owner(&session).await?;
    if owner != upgrade.old.user {
        let why = format!("pg_upgrade works as `{owner}` only, whom its data was made with");
        return Err(upgrade.refused(why, "`--method dump` works as any superuser"));
    }
    form(&session, upgrade.wanted.to).await
}

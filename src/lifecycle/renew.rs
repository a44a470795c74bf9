//! Renewing: an instance's container moves to what its image's name means now. Nothing else ever moves it.

use crate::context::Ctx;
use crate::error::Error;
use crate::instances::name::Name;
use crate::lifecycle::need;

/// Records the image that the container's next start is made from. The running one goes on with the old.
pub async fn renew(ctx: &Ctx, name: &Name) -> Result<(), Error> {
    need(ctx, name)?;
    let held = ctx.store.hold(name, &ctx.command, &ctx.waiting).await?;
    let mut record = need(ctx, name)?;
    ctx.waiting.on(format!("the image of `{name}`"));
    let pinned = ctx.engine.renew(&ctx.site(&record), &|line| ctx.out.note(line)).await?;
    let is_new = pinned.digest != record.container.digest;
    let what = if is_new { "is moved to" } else { "has already" };
    ctx.out.note(&format!("`{name}` {what} {} ({})", pinned.image, pinned.digest));
    record.container = pinned;
    if is_new { ctx.store.put(&held, &record) } else { Ok(()) }
}

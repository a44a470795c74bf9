//! Stopping an instance.

use std::time::Duration;

use crate::context::Ctx;
use crate::engine::{Engine, Halt};
use crate::error::Error;
use crate::exit::{Skip, Verdict};
use crate::instances::name::Name;
use crate::instances::record::Desired;
use crate::lifecycle::need;
use crate::lifecycle::observe::glance;
use crate::rules::plan::{Ask, Step, plan};

/// Stops the instance's server and notes that this was wanted.
pub async fn stop(ctx: &Ctx, name: &Name, how: Halt, limit: Duration) -> Result<Verdict, Error> {
    if ctx.store.find(name)?.is_none() {
        return Ok(Verdict::Skipped(Skip::NotRunning));
    }
    let held = ctx.store.hold(name, &ctx.command, &ctx.waiting).await?;
    // A server that hangs would keep a question waiting, and is stopped whatever it answers.
    let seen = glance(ctx, need(ctx, name)?).await?;
    let mut record = seen.record;
    if record.desired == Desired::Running {
        record.desired = Desired::Stopped;
        ctx.store.put(&held, &record)?;
    }
    match plan(Ask::Stop, record.creation, seen.health.state) {
        Step::Halt => {
            ctx.waiting.on(format!("the server of `{name}` to stop"));
            ctx.engine.halt(&ctx.site(&record), how, limit).await?;
            ctx.out.note(&format!("`{name}` is stopped"));
            Ok(Verdict::Done)
        }
        Step::Skip(skip) => Ok(Verdict::Skipped(skip)),
        // `plan` gives these to starts only.
        Step::Finish
        | Step::Boot
        | Step::Await
        | Step::Resume
        | Step::HaltThenBoot
        | Step::RefuseWithoutData
        | Step::RefuseUnwell => Ok(Verdict::Skipped(Skip::NotRunning)),
    }
}

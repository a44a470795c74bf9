//! Stopping an instance.

use std::time::Duration;

use crate::context::Ctx;
use crate::engine::Halt;
use crate::error::Error;
use crate::exit::{Skip, Verdict};
use crate::instances::name::Name;
use crate::instances::record::{Desired, Record};
use crate::instances::store::Held;
use crate::lifecycle::observe::{Observed, glance};
use crate::lifecycle::{halt, need};
use crate::rules::plan::{Ask, Step, plan};

/// Stops the instance's server and notes that this was wanted.
pub async fn stop(ctx: &Ctx, name: &Name, how: Halt, limit: Duration) -> Result<Verdict, Error> {
    if ctx.store.find(name)?.is_none() {
        return Ok(Verdict::Skipped(Skip::NotRunning));
    }
    let held = ctx.store.hold(name, &ctx.command, &ctx.waiting).await?;
    // A server that hangs would keep a question waiting, and is stopped whatever it answers.
    let Observed { mut record, seen, health, .. } = glance(ctx, need(ctx, name)?).await?;
    match plan(Ask::Stop, record.creation, health.state) {
        Step::Halt => {
            want_stopped(ctx, &held, &mut record)?;
            halt(ctx, &ctx.site(&record), how, limit).await?;
            ctx.out.note(&format!("`{name}` is stopped"));
            Ok(Verdict::Done)
        }
        Step::Skip(skip) => {
            want_stopped(ctx, &held, &mut record)?;
            Ok(Verdict::Skipped(skip))
        }
        // `plan` gives the first where nothing was seen, and the others to starts only.
        Step::RefuseUnreachable
        | Step::Finish
        | Step::Boot
        | Step::Await
        | Step::Resume
        | Step::HaltThenBoot
        | Step::RefuseWithoutData
        | Step::RefuseHalfCloned
        | Step::RefuseUnwell => seen.and(Ok(Verdict::Skipped(Skip::NotRunning))),
    }
}

fn want_stopped(ctx: &Ctx, held: &Held, record: &mut Record) -> Result<(), Error> {
    if record.desired == Desired::Stopped {
        return Ok(());
    }
    record.desired = Desired::Stopped;
    ctx.store.put(held, record)
}

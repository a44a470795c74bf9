//! Starting and restarting an instance.

use std::path::PathBuf;
use std::time::Duration;

use crate::context::Ctx;
use crate::engine::{Data, Engine, Halt, Seen};
use crate::error::Error;
use crate::exit::{Skip, Verdict};
use crate::instances::name::Name;
use crate::instances::record::{Desired, Record};
use crate::instances::store::Held;
use crate::lifecycle::boot::{self, NotUp, Proof};
use crate::lifecycle::create::{self, Leave};
use crate::lifecycle::observe::{Observed, PROBE_LIMIT, observe};
use crate::lifecycle::{half_cloned, halt, need};
use crate::rules::judge::State;
use crate::rules::plan::{Ask, Step, plan};

/// How long a start without `--wait` watches the server before it leaves it to come up by itself.
const GLANCE: Duration = Duration::from_secs(3);

/// How long to wait for a server that was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// Until it answers; an error if it does not within this time.
    Ready(Duration),
    /// Long enough to see it fail at once, no longer than this.
    Glance(Duration),
}

impl Patience {
    /// `--wait` waits for readiness; without it a glance is enough.
    pub fn new(wait: bool, timeout: Duration) -> Self {
        if wait { Self::Ready(timeout) } else { Self::Glance(timeout.min(GLANCE)) }
    }

    fn limit(self) -> Duration {
        match self {
            Self::Ready(limit) | Self::Glance(limit) => limit,
        }
    }
}

/// What is asked, and how far it may go.
#[derive(Clone, Copy, Debug)]
struct Order {
    ask: Ask,
    how: Halt,
    patience: Patience,
}

/// Starts the instance. A server that lives is left alone, and nothing is ever deleted.
pub async fn start(ctx: &Ctx, name: &Name, patience: Patience) -> Result<Verdict, Error> {
    carry_out(ctx, name, Order { ask: Ask::Start, how: Halt::Fast, patience }).await
}

/// Restarts the instance, or starts it where it does not run. A configuration that would not start a server is
/// refused before the running one is touched.
pub async fn restart(ctx: &Ctx, name: &Name, how: Halt, limit: Duration) -> Result<Verdict, Error> {
    carry_out(ctx, name, Order { ask: Ask::Restart, how, patience: Patience::Ready(limit) }).await
}

async fn carry_out(ctx: &Ctx, name: &Name, order: Order) -> Result<Verdict, Error> {
    need(ctx, name)?;
    let held = &ctx.store.hold(name, &ctx.command, &ctx.waiting).await?;
    let Observed { mut record, seen, health, .. } = observe(ctx, need(ctx, name)?, PROBE_LIMIT).await?;
    let patience = order.patience;
    let site = ctx.site(&record);
    match plan(order.ask, record.creation, health.state) {
        Step::Finish => {
            let record = create::finish(ctx, held, record, Leave::Running).await?;
            say_started(ctx, &record);
            Ok(Verdict::Done)
        }
        Step::Boot => {
            ctx.engine.check(&site).await?;
            bring_up(ctx, held, &mut record, patience).await
        }
        Step::HaltThenBoot => {
            ctx.engine.check(&site).await?;
            halt(ctx, &site, order.how, patience.limit()).await?;
            bring_up(ctx, held, &mut record, patience).await
        }
        Step::Resume => {
            want_running(ctx, held, &mut record)?;
            ctx.engine.resume(&site).await?;
            let up = boot::wait(ctx, &record, patience.limit()).await.map(drop);
            settle(ctx, &record, up, patience)
        }
        Step::Await => {
            want_running(ctx, held, &mut record)?;
            let up = boot::wait(ctx, &record, patience.limit()).await.map(drop);
            settle(ctx, &record, up, patience)
        }
        Step::Skip(skip) => {
            want_running(ctx, held, &mut record)?;
            Ok(Verdict::Skipped(skip))
        }
        Step::RefuseWithoutData => Err(without_data(&record, site.data(), &seen?, health.message)),
        Step::RefuseHalfCloned => Err(half_cloned(&record)),
        Step::RefuseUnwell => Err(Error::Unwell {
            name: record.name.to_string(),
            state: health.state.word().to_owned(),
            why: health.message,
        }),
        // `plan` gives the first where nothing was seen, and the second to `stop` only.
        Step::RefuseUnreachable | Step::Halt => seen.and(Ok(Verdict::Skipped(Skip::AlreadyRunning))),
    }
}

fn without_data(record: &Record, path: PathBuf, seen: &Seen, why: String) -> Error {
    let name = record.name.to_string();
    match seen.data {
        Data::Absent | Data::Closed | Data::Present { .. } => Error::DataMissing { name, path },
        Data::Foreign => Error::DataUnusable {
            mend: format!(
                "move that away and put the data back, or delete it all with `resource-postgres content remove --name {name} --force`"
            ),
            name,
            path,
            why,
        },
    }
}

async fn bring_up(ctx: &Ctx, held: &Held, record: &mut Record, patience: Patience) -> Result<Verdict, Error> {
    want_running(ctx, held, record)?;
    let up = boot::boot(ctx, held, record, Proof::Query, patience.limit()).await;
    settle(ctx, record, up, patience)
}

fn settle(ctx: &Ctx, record: &Record, up: Result<(), NotUp>, patience: Patience) -> Result<Verdict, Error> {
    match (up, patience) {
        (Ok(()), _) => {
            say_started(ctx, record);
            Ok(Verdict::Done)
        }
        (Err(NotUp::NotYet(why)), Patience::Glance(_)) => {
            ctx.out.note(&format!("`{}` was started and is not ready yet: {why}", record.name));
            Ok(Verdict::Done)
        }
        (Err(not_up), _) => Err(not_up.into_error(record, patience.limit())),
    }
}

fn want_running(ctx: &Ctx, held: &Held, record: &mut Record) -> Result<(), Error> {
    if record.desired == Desired::Running {
        return Ok(());
    }
    record.desired = Desired::Running;
    ctx.store.put(held, record)
}

fn say_started(ctx: &Ctx, record: &Record) {
    ctx.out.note(&format!("`{}` is {} on port {}", record.name, State::Running.word(), record.port));
}

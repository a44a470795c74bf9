//! Observing: the engine looks at data and process, the server is asked, and the rules say what it means.

use std::time::Duration;

use tokio::task::JoinSet;

use crate::context::Ctx;
use crate::engine::{Data, Engine, Process, Seen};
use crate::error::Error;
use crate::instances::name::Name;
use crate::instances::ports;
use crate::instances::record::Record;
use crate::lifecycle::target;
use crate::pg::probe::{Answer, Probe, probe};
use crate::rules::judge::{Health, judge};

/// How long a server may take to answer a probe before it counts as unresponsive.
pub const PROBE_LIMIT: Duration = Duration::from_secs(2);
/// The same for `status --fast`.
pub const FAST_PROBE_LIMIT: Duration = Duration::from_millis(500);

/// One instance as it is now.
#[derive(Debug)]
pub struct Observed {
    /// What was asked for.
    pub record: Record,
    /// What its engine saw, or why it could not be asked.
    pub seen: Result<Seen, Error>,
    /// What the server said of itself, if it answered.
    pub answer: Option<Answer>,
    /// What it all means.
    pub health: Health,
}

impl Observed {
    /// The major version that wrote the data, where there is data.
    pub fn major(&self) -> Option<u32> {
        match self.seen.as_ref().map(|it| it.data) {
            Ok(Data::Present { major, .. }) => Some(major),
            Ok(Data::Absent | Data::Foreign | Data::Closed) | Err(_) => self.record.version,
        }
    }
}

/// Observes one instance. Its server is asked only where a process lives: nobody else's is.
pub async fn observe(ctx: &Ctx, record: Record, limit: Duration) -> Result<Observed, Error> {
    let mut seen = look(ctx, &record).await?;
    let probed = match seen.as_ref().map(|it| it.process) {
        Ok(Process::None | Process::Paused) | Err(_) => None,
        Ok(Process::Alive { .. }) => {
            Some(probe(&target(&record, ctx.settings.maintenance_db.or_default()), limit).await)
        }
    };
    if matches!(probed, Some(Probe::Silent(_) | Probe::NotListening)) {
        // It may have died while it was asked: a server that is gone does not hang.
        seen = look(ctx, &record).await?;
    }
    Ok(observed(record, seen, probed))
}

/// Observes one instance without asking its server, for whom it is enough to know whether there is one.
pub async fn glance(ctx: &Ctx, record: Record) -> Result<Observed, Error> {
    let seen = look(ctx, &record).await?;
    Ok(observed(record, seen, None))
}

/// What the engine sees. That it cannot be asked is an observation too: the instance is there, and its state unknown.
async fn look(ctx: &Ctx, record: &Record) -> Result<Result<Seen, Error>, Error> {
    match ctx.engine.observe(&ctx.site(record)).await {
        Err(err @ (Error::EngineUnreachable { .. } | Error::EngineRefused { .. })) => Ok(Err(err)),
        looked => looked.map(Ok),
    }
}

fn observed(mut record: Record, seen: Result<Seen, Error>, probed: Option<Probe>) -> Observed {
    let seen = seen.map(|seen| with_stranger(&record, seen));
    // An adopted record does not say which engine it is. From the next change on it does.
    record.engine = seen.as_ref().map_or(record.engine, |it| Some(it.kind));
    let health = judge(record.creation, record.desired, seen.as_ref(), probed.as_ref());
    let answer = match probed {
        Some(Probe::Answered(answer)) => Some(answer),
        _ => None,
    };
    Observed { record, seen, answer, health }
}

/// Says who has the port of a server that does not run, since its start will stumble upon him.
fn with_stranger(record: &Record, seen: Seen) -> Seen {
    if seen.process != Process::None || ports::bindable(record.port) {
        return seen;
    }
    let taken = format!("its port is taken by {}", ports::owner(record.port));
    let remark = seen.remark.into_iter().chain([taken]).collect::<Vec<_>>().join("; ");
    Seen { remark: Some(remark), ..seen }
}

/// An instance that could not be looked at: one of many must not keep the others from being reported.
#[derive(Debug)]
pub struct Unseen {
    /// Its name.
    pub name: Name,
    /// Why it could not.
    pub err: Error,
}

/// Observes all instances, or only `one`, side by side, each within its own `limit`; both lists are in the names' order.
pub async fn observe_all(
    ctx: &Ctx,
    one: Option<&Name>,
    limit: Duration,
) -> Result<(Vec<Observed>, Vec<Unseen>), Error> {
    let mut tasks = JoinSet::new();
    for (name, record) in ctx.store.list()?.into_iter().filter(|(name, _)| one.is_none_or(|one| one == name))
    {
        let ctx = ctx.clone();
        tasks.spawn(async move {
            let seen = match record {
                Ok(record) => observe(&ctx, record, limit).await,
                Err(err) => Err(err),
            };
            (name, seen)
        });
    }
    let mut all = tasks.join_all().await;
    all.sort_by(|(left, _), (right, _)| left.cmp(right));
    let (mut observed, mut unseen) = (Vec::new(), Vec::new());
    for (name, seen) in all {
        match seen {
            Ok(it) => observed.push(it),
            Err(err) => unseen.push(Unseen { name, err }),
        }
    }
    Ok((observed, unseen))
}

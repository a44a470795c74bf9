//! `content list-instances`: all instances and their states.

use serde::Serialize;

use crate::commands::status::{InstanceReport, instance_table, reports};
use crate::context::Ctx;
use crate::error::Error;
use crate::exit::Verdict;
use crate::lifecycle::observe::{PROBE_LIMIT, observe_all};
use crate::output::{BEYOND, Format, Reply, Report};
use crate::rules::judge::State;

/// List all instances and their states
#[derive(Clone, Debug, clap::Args)]
pub struct ListInstancesArgs {
    /// Format of the list
    #[arg(long, value_enum, default_value_t, help_heading = BEYOND)]
    pub format: Format,
}

#[derive(Debug, Serialize)]
struct Instances {
    instances: Vec<InstanceReport>,
}

impl Report for Instances {
    fn text(&self) -> String {
        match self.instances.is_empty() {
            true => "no instances\n".to_owned(),
            false => instance_table(&self.instances),
        }
    }
}

/// Lists them. A list that cannot say of each whether it runs has failed, and shows what there is to be shown.
pub async fn run(ctx: &Ctx, args: &ListInstancesArgs) -> Result<Reply, Error> {
    ctx.waiting.on("the servers to answer");
    let (observed, unseen) = observe_all(ctx, None, PROBE_LIMIT).await?;
    let unknown = observed.iter().any(|it| it.health.state == State::Unreachable);
    let verdict = if unknown { Verdict::Failed } else { Verdict::Done };
    Reply::report(verdict, args.format, &Instances { instances: reports(&observed, &unseen) })
}

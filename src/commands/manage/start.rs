//! `manage start`: let the server run, and say so truly.

use std::time::Duration;

use crate::commands::select::{Which, each};
use crate::context::Ctx;
use crate::error::Error;
use crate::exit::Verdict;
use crate::lifecycle::start::{Patience, start};
use crate::output::{BEYOND, Reply};

/// Start an instance
#[derive(Clone, Debug, clap::Args)]
pub struct StartArgs {
    /// Wait until the server answers a query
    #[arg(long)]
    pub wait: bool,
    /// Seconds that it may take to answer
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=115))]
    pub timeout: u64,
    #[command(flatten)]
    #[expect(missing_docs, reason = "a doc comment would become help")]
    pub which: Which,
    /// Start all instances; what runs already is success
    #[arg(long, conflicts_with = "instance", help_heading = BEYOND)]
    pub force: bool,
}

/// Starts what is meant.
pub async fn run(ctx: &Ctx, args: &StartArgs) -> Result<Reply, Error> {
    let patience = Patience::new(args.wait, Duration::from_secs(args.timeout));
    let which = if args.force { Which { instance: None, all: true } } else { args.which.clone() };
    let mut names = which.names(ctx)?;
    if names.is_empty() {
        // With nothing to start, the error is about `main`.
        names = Which::default().names(ctx)?;
    }
    let verdict = each(ctx, &names, async |name| start(ctx, name, patience).await).await?;
    Ok(Reply::plain(match args.force {
        true => verdict.idempotent(),
        false => verdict,
    }))
}

/// What the flat `start` and `up` do once the instances exist.
pub async fn run_flat(ctx: &Ctx, which: &Which) -> Result<Verdict, Error> {
    let patience = Patience::Ready(Duration::from_secs(60));
    let names = which.names(ctx)?;
    each(ctx, &names, async |name| start(ctx, name, patience).await).await
}

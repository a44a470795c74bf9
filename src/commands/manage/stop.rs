//! `manage stop`: end the server, losing nothing.

use std::time::Duration;

use crate::commands::select::{Which, each};
use crate::context::Ctx;
use crate::engine::Halt;
use crate::error::Error;
use crate::exit::{Skip, Verdict};
use crate::lifecycle::stop::stop;
use crate::output::Reply;

/// Stop an instance
#[derive(Clone, Debug, clap::Args)]
pub struct StopArgs {
    /// End the server at once; its next start replays WAL
    #[arg(long)]
    pub force: bool,
    /// Seconds that it may take to end
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=55))]
    pub timeout: u64,
    #[command(flatten)]
    #[expect(missing_docs, reason = "a doc comment would become help")]
    pub which: Which,
}

/// Stops what is meant.
pub async fn run(ctx: &Ctx, args: &StopArgs) -> Result<Reply, Error> {
    let how = if args.force { Halt::Immediate } else { Halt::Fast };
    let names = args.which.names(ctx)?;
    if names.is_empty() {
        return Ok(Reply::plain(Verdict::Skipped(Skip::NotRunning)));
    }
    let limit = Duration::from_secs(args.timeout);
    each(ctx, &names, async |name| stop(ctx, name, how, limit).await).await.map(Reply::plain)
}

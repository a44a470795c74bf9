//! `manage restart`: a new server process for the same instance.

use std::time::Duration;

use crate::commands::select::{Which, each};
use crate::context::Ctx;
use crate::engine::Halt;
use crate::error::Error;
use crate::lifecycle::start::restart;
use crate::output::Reply;

/// How long each half of a restart may take: two of them fit into the contract's limit.
const LIMIT: Duration = Duration::from_secs(60);

/// Restart an instance, or start it where it does not run
#[derive(Clone, Debug, clap::Args)]
pub struct RestartArgs {
    /// End the running server at once instead of letting sessions end
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "a doc comment would become help")]
    pub which: Which,
}

/// Restarts what is meant.
pub async fn run(ctx: &Ctx, args: &RestartArgs) -> Result<Reply, Error> {
    let how = if args.force { Halt::Immediate } else { Halt::Fast };
    let mut names = args.which.names(ctx)?;
    if names.is_empty() {
        names = Which::default().names(ctx)?;
    }
    each(ctx, &names, async |name| restart(ctx, name, how, LIMIT).await).await.map(Reply::plain)
}

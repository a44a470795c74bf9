//! `manage restart`: a new server process for the same instance.

use std::time::Duration;

use crate::commands::select::{Which, each};
use crate::context::Ctx;
use crate::engine::Halt;
use crate::error::Error;
use crate::instances::name::Name;
use crate::lifecycle::renew::renew;
use crate::lifecycle::start::restart;
use crate::output::{BEYOND, Reply};

/// How long each half of a restart may take: two of them fit into the contract's limit.
const LIMIT: Duration = Duration::from_secs(60);

/// Restart an instance, or start it where it does not run
#[derive(Clone, Debug, clap::Args)]
pub struct RestartArgs {
    /// End the running server at once instead of letting sessions end
    #[arg(long)]
    pub force: bool,
    /// Move a container to what its image's name means now; fetches it. The version of PostgreSQL must stay the same
    #[arg(long, help_heading = BEYOND)]
    pub latest_image: bool,
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
    let act = async |name: &Name| {
        if args.latest_image {
            renew(ctx, name).await?;
        }
        restart(ctx, name, how, LIMIT).await
    };
    each(ctx, &names, act).await.map(Reply::plain)
}

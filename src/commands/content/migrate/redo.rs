//! `content migrate redo`: the last one back and there again.

use crate::commands::content::migrate::Turn;
use crate::context::Ctx;
use crate::error::Error;
use crate::exit::Verdict;
use crate::lifecycle::migrate::redo::redo;
use crate::output::Reply;

/// Take the last one back and apply it again, as its file is now
#[derive(Clone, Debug, clap::Args)]
pub struct RedoArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "a doc comment would become help")]
    pub turn: Turn,
}

/// Does both.
pub async fn run(ctx: &Ctx, args: &RedoArgs) -> Result<Reply, Error> {
    let wanted = args.turn.wanted(ctx)?;
    if redo(ctx, &wanted).await? == 0 {
        ctx.out.note("nothing is applied that could be done again");
    }
    Ok(Reply::plain(Verdict::Done))
}

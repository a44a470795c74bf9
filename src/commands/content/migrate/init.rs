//! `content migrate init`: the tables that record migrations.

use crate::commands::content::migrate::Turn;
use crate::context::Ctx;
use crate::error::Error;
use crate::exit::Verdict;
use crate::lifecycle::migrate::amend::init;
use crate::output::Reply;

/// Make the tables that record migrations, or extend those that are there; `up` does it too
#[derive(Clone, Debug, clap::Args)]
pub struct InitArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "a doc comment would become help")]
    pub turn: Turn,
}

/// Makes them.
pub async fn run(ctx: &Ctx, args: &InitArgs) -> Result<Reply, Error> {
    let wanted = args.turn.wanted(ctx)?;
    init(ctx, &wanted).await?;
    ctx.out.note(&format!("database `{}` records its migrations", wanted.database));
    Ok(Reply::plain(Verdict::Done))
}

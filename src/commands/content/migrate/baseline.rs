//! `content migrate baseline`: a database that had its migrations otherwise.

use crate::commands::content::migrate::Turn;
use crate::context::Ctx;
use crate::error::Error;
use crate::exit::Verdict;
use crate::lifecycle::migrate::amend::baseline;
use crate::output::{BEYOND, Reply};
use crate::pg::migrations::Version;
use crate::units::counted;

/// Record all migrations up to a version as applied, without running them
#[derive(Clone, Debug, clap::Args)]
pub struct BaselineArgs {
    /// The last version that the database has already
    #[arg(value_name = "VERSION", help_heading = BEYOND)]
    pub version: Version,
    #[command(flatten)]
    #[expect(missing_docs, reason = "a doc comment would become help")]
    pub turn: Turn,
}

/// Records them.
pub async fn run(ctx: &Ctx, args: &BaselineArgs) -> Result<Reply, Error> {
    let wanted = args.turn.wanted(ctx)?;
    let count = baseline(ctx, &wanted, &args.version).await?;
    ctx.out.note(&format!("{} recorded as applied, and not run", counted(count, "migration")));
    Ok(Reply::plain(Verdict::Done))
}

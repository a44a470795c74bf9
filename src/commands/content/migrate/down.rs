//! `content migrate down`: what was applied is taken back.

use crate::commands::content::migrate::Turn;
use crate::context::Ctx;
use crate::error::Error;
use crate::exit::Verdict;
use crate::lifecycle::migrate::down::down;
use crate::output::{BEYOND, Reply};
use crate::pg::migrations::Version;
use crate::rules::drift::{Back, OutOfOrder};
use crate::units::counted;

/// Take back what was applied, the last first; without flags the last one
#[derive(Clone, Debug, clap::Args)]
pub struct DownArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "a doc comment would become help")]
    pub turn: Turn,
    /// How many to take back
    #[arg(long, value_name = "N", default_value_t = 1, conflicts_with_all = ["to", "only"], help_heading = BEYOND)]
    pub steps: usize,
    /// Take back all behind this version; 0 means all
    #[arg(long, value_name = "VERSION", conflicts_with = "only", help_heading = BEYOND)]
    pub to: Option<Version>,
    /// Take back this version alone
    #[arg(long, value_name = "VERSION", help_heading = BEYOND)]
    pub only: Option<Version>,
    /// With --only: what to do where later ones are applied
    #[arg(long, value_enum, value_name = "POLICY", default_value_t, help_heading = BEYOND)]
    pub out_of_order: OutOfOrder,
}

/// Takes it back.
pub async fn run(ctx: &Ctx, args: &DownArgs) -> Result<Reply, Error> {
    let back = match (&args.to, &args.only) {
        (Some(version), _) => Back::To(version),
        (None, Some(version)) => Back::Only(version),
        (None, None) => Back::Steps(args.steps),
    };
    let wanted = args.turn.wanted(ctx)?;
    let count = down(ctx, &wanted, back, args.out_of_order).await?.len();
    ctx.out.note(&match count {
        0 => "nothing is applied that could be taken back".to_owned(),
        _ => format!("{} taken back from database `{}`", counted(count, "migration"), wanted.database),
    });
    Ok(Reply::plain(Verdict::Done))
}

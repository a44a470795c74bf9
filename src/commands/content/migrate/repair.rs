//! `content migrate repair`: the records say what a person has decided.

use crate::commands::content::migrate::Turn;
use crate::context::Ctx;
use crate::error::Error;
use crate::exit::Verdict;
use crate::lifecycle::migrate::amend::{Decisions, repair};
use crate::output::{BEYOND, Reply};
use crate::pg::migrations::Version;

/// Have the records say what you have decided; no script is run
#[derive(Clone, Debug, clap::Args)]
pub struct RepairArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "a doc comment would become help")]
    pub turn: Turn,
    /// What changed after being applied counts as applied in its present text
    #[arg(long, help_heading = BEYOND)]
    pub accept_changed: bool,
    /// What is applied and has no file here does not count as applied any more
    #[arg(long, help_heading = BEYOND)]
    pub forget_missing: bool,
    /// This version, which was begun and is not done, counts as not begun; may be given several times
    #[arg(long, value_name = "VERSION", help_heading = BEYOND)]
    pub forget_unfinished: Vec<Version>,
    /// This version, which was begun and is not done, counts as applied; may be given several times
    #[arg(long, value_name = "VERSION", help_heading = BEYOND)]
    pub finish_unfinished: Vec<Version>,
}

/// Records it. Checksums that an older record lacks are added in any case.
pub async fn run(ctx: &Ctx, args: &RepairArgs) -> Result<Reply, Error> {
    let wanted = args.turn.wanted(ctx)?;
    let decisions = Decisions {
        accept_changed: args.accept_changed,
        forget_missing: args.forget_missing,
        forget_unfinished: args.forget_unfinished.clone(),
        finish_unfinished: args.finish_unfinished.clone(),
    };
    let changed = repair(ctx, &wanted, &decisions).await?;
    for line in &changed {
        ctx.out.note(line);
    }
    if changed.is_empty() {
        ctx.out.note("nothing is changed: `content migrate status` shows what there is to decide");
    }
    Ok(Reply::plain(Verdict::Done))
}

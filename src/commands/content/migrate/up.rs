//! `content migrate up`: what is pending is applied.

use crate::commands::content::migrate::Turn;
use crate::context::Ctx;
use crate::error::Error;
use crate::exit::Verdict;
use crate::lifecycle::migrate::up::{Order, Up, up};
use crate::output::{BEYOND, Reply};
use crate::pg::migrations::Version;
use crate::rules::drift::OutOfOrder;
use crate::rules::lint::Level;
use crate::units::counted;

/// Apply what is pending, in order; nothing pending is success
#[derive(Clone, Debug, clap::Args)]
pub struct UpArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "a doc comment would become help")]
    pub turn: Turn,
    /// The last version to apply [default: all]
    #[arg(long, value_name = "VERSION", help_heading = BEYOND)]
    pub to: Option<Version>,
    /// What to do with a pending one that comes before one that is applied
    #[arg(long, value_enum, value_name = "POLICY", default_value_t, help_heading = BEYOND)]
    pub out_of_order: OutOfOrder,
    /// Fail, and apply nothing, where a statement is as dangerous as that, or more
    #[arg(long, value_enum, value_name = "LEVEL", help_heading = BEYOND)]
    pub deny: Option<Level>,
}

impl UpArgs {
    /// What is asked.
    pub fn order(&self) -> Order<'_> {
        Order { to: self.to.as_ref(), out_of_order: self.out_of_order, deny: self.deny }
    }
}

/// Applies it.
pub async fn run(ctx: &Ctx, args: &UpArgs) -> Result<Reply, Error> {
    let wanted = args.turn.wanted(ctx)?;
    let Up { applied, before } = up(ctx, &wanted, args.order()).await?;
    ctx.out.note(&match applied {
        0 => format!("nothing is pending: {} applied", counted(before, "migration")),
        _ => format!("{} applied to database `{}`", counted(applied, "migration"), wanted.database),
    });
    Ok(Reply::plain(Verdict::Done))
}

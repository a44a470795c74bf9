//! `migrate-rollback`: upstream's way to take one migration back.

use crate::commands::content::migrate::Turn;
use crate::commands::content::migrate::down::{self, DownArgs};
use crate::context::Ctx;
use crate::error::Error;
use crate::output::{BEYOND, Reply};
use crate::pg::migrations::{Version, number};
use crate::rules::drift::OutOfOrder;

/// Take one migration back: `content migrate down --only`
#[derive(Clone, Debug, clap::Args)]
pub struct MigrateRollbackArgs {
    /// Its version, or version and name as upstream records it [default: the last]
    #[arg(long, value_name = "VERSION", value_parser = version, help_heading = BEYOND)]
    pub migration: Option<Version>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "a doc comment would become help")]
    pub turn: Turn,
    /// What to do where later ones are applied
    #[arg(long, value_enum, value_name = "POLICY", default_value_t, help_heading = BEYOND)]
    pub out_of_order: OutOfOrder,
}

/// Takes it back.
pub async fn run(ctx: &Ctx, args: &MigrateRollbackArgs) -> Result<Reply, Error> {
    let MigrateRollbackArgs { migration, turn, out_of_order } = args.clone();
    down::run(ctx, &DownArgs { turn, steps: 1, to: None, only: migration, out_of_order }).await
}

fn version(text: &str) -> Result<Version, String> {
    let number = number(text).ok_or("a version is a number, or begins with one")?;
    number.to_string().parse()
}

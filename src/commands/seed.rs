//! `seed`: upstream's way to fill a database.

use std::path::PathBuf;

use crate::commands::content::add::{self, AddArgs};
use crate::context::Ctx;
use crate::error::Error;
use crate::instances::artifacts::Kind;
use crate::instances::name::Name;
use crate::output::{BEYOND, Reply};

/// Fill a database with seeds, each once: `content add --type seed`, and 0 where it has them already
#[derive(Clone, Debug, clap::Args)]
pub struct SeedArgs {
    /// File, or folder whose *.sql files are run in order of their names
    #[arg(long, value_name = "PATH", help_heading = BEYOND)]
    pub seed_path: PathBuf,
    /// Instance to fill
    #[arg(long, value_name = "NAME", default_value_t = Name::main(), help_heading = BEYOND)]
    pub instance: Name,
    /// Database to fill [default: the instance's]
    #[arg(long, value_name = "NAME", help_heading = BEYOND)]
    pub database: Option<String>,
    /// Run again what the database has already
    #[arg(long, help_heading = BEYOND)]
    pub force: bool,
}

/// Fills it.
pub async fn run(ctx: &Ctx, args: &SeedArgs) -> Result<Reply, Error> {
    let added = AddArgs {
        file: Some(args.seed_path.clone()),
        kind: Some(Kind::Seed),
        instance: Some(args.instance.clone()),
        database: args.database.clone(),
        force: args.force,
        ..AddArgs::default()
    };
    let reply = add::run(ctx, &added).await?;
    Ok(Reply { verdict: reply.verdict.idempotent(), data: reply.data })
}

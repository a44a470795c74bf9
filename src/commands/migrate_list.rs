//! `migrate-list`: upstream's list of the migrations that a folder has, whatever of them is applied.

use std::path::PathBuf;

use crate::error::Error;
use crate::exit::Verdict;
use crate::output::{BEYOND, Reply, table};
use crate::pg::migrations::read;

/// List the migrations of a folder, without asking any database
#[derive(Clone, Debug, clap::Args)]
pub struct MigrateListArgs {
    /// Folder of the migrations
    #[arg(long, visible_alias = "migrations-dir", value_name = "PATH", default_value = "migrations", help_heading = BEYOND)]
    pub dir: PathBuf,
}

/// Lists them.
pub fn run(args: &MigrateListArgs) -> Result<Reply, Error> {
    let rows: Vec<[String; 4]> = read(&args.dir)?
        .into_iter()
        .map(|it| {
            let back = if it.down.is_some() { "yes" } else { "no" };
            let file = it.file_name();
            [it.version.to_string(), it.description, file, back.to_owned()]
        })
        .collect();
    Ok(Reply::data(Verdict::Done, table(["VERSION", "DESCRIPTION", "FILE", "WAY BACK"], &rows)))
}

//! `contract`: judging and beginning resource directories, and looking at contracts.

use clap::Subcommand;

use crate::context::Ctx;
use crate::error::Error;
use crate::output::Reply;

pub mod diff;
pub mod fix;
pub mod judge;
pub mod new;
pub mod show;
pub mod snapshot;
pub mod source;
pub mod validate;
mod watch;

/// The subcommands of `contract`
#[derive(Clone, Debug, Subcommand)]
#[expect(missing_docs, reason = "each subcommand's arguments carry its help")]
pub enum Contract {
    New(new::NewArgs),
    Validate(validate::ValidateArgs),
    Show(show::ShowArgs),
    Diff(diff::DiffArgs),
    Snapshot(snapshot::SnapshotArgs),
}

/// Runs one of them. `tree` is the program's command line.
pub async fn run(ctx: &Ctx, command: &Contract, tree: &clap::Command) -> Result<Reply, Error> {
    match command {
        Contract::Validate(args) => validate::run(ctx, args).await,
        Contract::New(args) => new::run(ctx, args),
        Contract::Show(args) => show::run(ctx, args),
        Contract::Diff(args) => diff::run(ctx, args),
        Contract::Snapshot(_) => Ok(snapshot::run(tree)),
    }
}

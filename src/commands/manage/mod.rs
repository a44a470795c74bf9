//! `manage`: the life of the resource.

use clap::Subcommand;

use crate::context::Ctx;
use crate::error::Error;
use crate::output::Reply;

pub mod install;
pub mod restart;
pub mod start;
pub mod stop;
pub mod uninstall;

/// The subcommands of `manage`
#[derive(Clone, Debug, Subcommand)]
#[expect(missing_docs, reason = "each subcommand's arguments carry its help")]
pub enum Manage {
    Install(install::InstallArgs),
    Uninstall(uninstall::UninstallArgs),
    Start(start::StartArgs),
    Stop(stop::StopArgs),
    Restart(restart::RestartArgs),
}

/// Runs one of them.
pub async fn run(ctx: &Ctx, command: &Manage) -> Result<Reply, Error> {
    match command {
        Manage::Install(args) => install::run(ctx, args).await,
        Manage::Uninstall(args) => uninstall::run(ctx, args).await,
        Manage::Start(args) => start::run(ctx, args).await,
        Manage::Stop(args) => stop::run(ctx, args).await,
        Manage::Restart(args) => restart::run(ctx, args).await,
    }
}

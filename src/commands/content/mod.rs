//! `content`: what the resource is for: instances, stored SQL, and running it.

use clap::Subcommand;

use crate::context::Ctx;
use crate::error::Error;
use crate::output::Reply;

pub mod add;
pub mod create_instance;
pub mod execute;
pub mod get;
pub mod list;
pub mod list_instances;
pub mod remove;

/// The subcommands of `content`
#[derive(Clone, Debug, Subcommand)]
#[expect(missing_docs, reason = "each subcommand's arguments carry its help")]
pub enum Content {
    Add(add::AddArgs),
    List(list::ListArgs),
    Get(get::GetArgs),
    Remove(remove::RemoveArgs),
    Execute(execute::ExecuteArgs),
    CreateInstance(create_instance::CreateInstanceArgs),
    ListInstances(list_instances::ListInstancesArgs),
}

/// Runs one of them.
pub async fn run(ctx: &Ctx, command: &Content) -> Result<Reply, Error> {
    match command {
        Content::Add(args) => add::run(ctx, args).await,
        Content::List(args) => list::run(ctx, args),
        Content::Get(args) => get::run(ctx, args),
        Content::Remove(args) => remove::run(ctx, args).await,
        Content::Execute(args) => execute::run(ctx, args).await,
        Content::CreateInstance(args) => create_instance::run(ctx, args).await,
        Content::ListInstances(args) => list_instances::run(ctx, args).await,
    }
}

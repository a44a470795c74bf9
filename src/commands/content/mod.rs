//! `content`: what the resource is for: instances, stored SQL, and running it.

use clap::Subcommand;

use crate::context::Ctx;
use crate::error::Error;
use crate::output::Reply;

pub mod add;
pub mod backup;
pub mod clone;
pub mod create_database;
pub mod create_instance;
pub mod create_user;
pub mod execute;
pub mod get;
pub mod list;
pub mod list_backups;
pub mod list_instances;
pub mod migrate;
pub mod named;
pub mod remove;
pub mod remove_database;
pub mod remove_user;
pub mod restore;
pub mod upgrade;
pub mod verify_backup;

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
    Clone(clone::CloneArgs),
    Upgrade(upgrade::UpgradeArgs),
    ListInstances(list_instances::ListInstancesArgs),
    CreateDatabase(create_database::CreateDatabaseArgs),
    RemoveDatabase(remove_database::RemoveDatabaseArgs),
    CreateUser(create_user::CreateUserArgs),
    RemoveUser(remove_user::RemoveUserArgs),
    Backup(backup::BackupArgs),
    ListBackups(list_backups::ListBackupsArgs),
    VerifyBackup(verify_backup::VerifyBackupArgs),
    Restore(restore::RestoreArgs),
    Migrate(migrate::MigrateArgs),
}

/// Runs one of them.
pub async fn run(ctx: &Ctx, command: &Content) -> Result<Reply, Error> {
    match command {
        Content::Add(args) => add::run(ctx, args).await,
        Content::List(args) => list::run(ctx, args).await,
        Content::Get(args) => get::run(ctx, args).await,
        Content::Remove(args) => remove::run(ctx, args).await,
        Content::Execute(args) => execute::run(ctx, args).await,
        Content::CreateInstance(args) => create_instance::run(ctx, args).await,
        Content::Clone(args) => clone::run(ctx, args).await,
        Content::Upgrade(args) => upgrade::run(ctx, args).await,
        Content::ListInstances(args) => list_instances::run(ctx, args).await,
        Content::CreateDatabase(args) => create_database::run(ctx, args).await,
        Content::RemoveDatabase(args) => remove_database::run(ctx, args).await,
        Content::CreateUser(args) => create_user::run(ctx, args).await,
        Content::RemoveUser(args) => remove_user::run(ctx, args).await,
        Content::Backup(args) => backup::run(ctx, args).await,
        Content::ListBackups(args) => list_backups::run(ctx, args),
        Content::VerifyBackup(args) => verify_backup::run(ctx, args).await,
        Content::Restore(args) => restore::run(ctx, args).await,
        Content::Migrate(args) => migrate::run(ctx, args).await,
    }
}

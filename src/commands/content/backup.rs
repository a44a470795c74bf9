//! `content backup`: an instance's databases and roles, in a folder that is whole or not there.

use std::num::NonZero;

use clap::Subcommand;

use crate::backups::metadata::{Compression, Kind};
use crate::backups::name::BackupName;
use crate::context::Ctx;
use crate::error::Error;
use crate::exit::Verdict;
use crate::instances::name::Name;
use crate::lifecycle::backup::{Wanted, back_up_unless_interrupted};
use crate::lifecycle::need;
use crate::output::{BEYOND, Reply};
use crate::pg::identifier::Identifier;
use crate::units::{counted, size};

pub mod create_restore_point;
pub mod enable_pitr;
pub mod run_due;
pub mod schedule;
mod timer;

/// Back up an instance's databases and roles; prints the backup's folder
#[derive(Clone, Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_value_name = "schedule|run-due|enable-pitr|create-restore-point"
)]
pub struct BackupArgs {
    #[command(subcommand)]
    #[expect(missing_docs, reason = "a doc comment would become help")]
    pub command: Option<BackupCommand>,
    /// Instance to back up
    #[arg(long, value_name = "NAME", default_value_t = Name::main(), help_heading = BEYOND)]
    pub instance: Name,
    /// Name of the backup [default: its type and the time]
    #[arg(long, help_heading = BEYOND)]
    pub name: Option<BackupName>,
    /// What is to be in it
    #[arg(long = "type", value_name = "TYPE", value_enum, default_value_t = Kind::Full, help_heading = BEYOND)]
    pub kind: Kind,
    /// Only this database; may be given several times [default: all]
    #[arg(long, value_name = "NAME", help_heading = BEYOND)]
    pub database: Vec<Identifier>,
    /// How many tables are written at once
    #[arg(long, value_name = "N", default_value = "2", help_heading = BEYOND)]
    pub jobs: NonZero<u32>,
    /// How files are compressed; those of a physical backup are not [default: zstd]
    #[arg(long, value_enum, hide_default_value = true, help_heading = BEYOND)]
    pub compress: Option<Compression>,
    /// Keep the password hashes of roles
    #[arg(long, help_heading = BEYOND)]
    pub with_passwords: bool,
}

/// What else there is to do with backups of an instance
#[derive(Clone, Debug, Subcommand)]
#[expect(missing_docs, reason = "each subcommand's arguments carry its help")]
pub enum BackupCommand {
    Schedule(schedule::ScheduleArgs),
    RunDue(run_due::RunDueArgs),
    EnablePitr(enable_pitr::EnablePitrArgs),
    CreateRestorePoint(create_restore_point::CreateRestorePointArgs),
}

/// Makes it.
pub async fn run(ctx: &Ctx, args: &BackupArgs) -> Result<Reply, Error> {
    match &args.command {
        Some(BackupCommand::Schedule(args)) => return schedule::run(ctx, args).await,
        Some(BackupCommand::RunDue(args)) => return run_due::run(ctx, args).await,
        Some(BackupCommand::EnablePitr(args)) => return enable_pitr::run(ctx, args).await,
        Some(BackupCommand::CreateRestorePoint(args)) => return create_restore_point::run(ctx, args).await,
        None => {}
    }
    refuse_parts_of_files(args)?;
    let record = need(ctx, &args.instance)?;
    let name = match &args.name {
        Some(name) => name.clone(),
        None => BackupName::now(args.kind.word())?,
    };
    let wanted = Wanted {
        name: name.clone(),
        kind: args.kind,
        databases: args.database.clone(),
        jobs: args.jobs.get(),
        compression: args.compress.unwrap_or_default(),
        role_passwords: args.with_passwords,
    };
    let made = back_up_unless_interrupted(ctx, &record, &wanted).await?;
    ctx.out.note(&format!(
        "`{name}` has {} of `{}`: {} in {:.1} s",
        match made.databases.as_slice() {
            [one] => format!("database `{}`", one.name),
            several => counted(several.len(), "database"),
        },
        args.instance,
        size(made.bytes),
        std::time::Duration::from_millis(made.duration_ms).as_secs_f64(),
    ));
    ctx.out.note(&format!(
        "next: resource-postgres content verify-backup {name}{}",
        of_instance(&args.instance)
    ));
    let folder = ctx.backups.dir(args.instance.as_str()).join(name.as_str());
    Ok(Reply::data(Verdict::Done, format!("{}\n", folder.display())))
}

/// A physical backup is of whole files as they are.
fn refuse_parts_of_files(args: &BackupArgs) -> Result<(), Error> {
    let compresses = args.compress.is_some_and(|it| it != Compression::None);
    match args.kind {
        Kind::Physical if !args.database.is_empty() => Err(Error::Usage(
            "a physical backup has all databases: leave out --database, or --type physical".to_owned(),
        )),
        Kind::Physical if compresses => Err(Error::Usage(
            "the files of a physical backup are not compressed: leave out --compress, or --type physical"
                .to_owned(),
        )),
        Kind::Physical | Kind::Full | Kind::Schema | Kind::Data => Ok(()),
    }
}

/// What names an instance in a command that means `main` otherwise.
fn of_instance(name: &Name) -> String {
    if *name == Name::main() { String::new() } else { format!(" --instance {name}") }
}

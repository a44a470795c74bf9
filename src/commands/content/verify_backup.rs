//! `content verify-backup`: restore a backup where nobody sees it, compare, and remember that it was good.

use std::num::NonZero;

use clap::ArgGroup;

use crate::backups::folder::Backup;
use crate::backups::name::BackupName;
use crate::commands::content::restore::find;
use crate::context::Ctx;
use crate::error::Error;
use crate::exit::Verdict;
use crate::instances::name::Name;
use crate::lifecycle::{drill, unless_interrupted};
use crate::output::{BEYOND, Reply};

/// Prove a backup: restore it where nobody sees it, compare it with what it was made of, and note the verdict
#[derive(Clone, Debug, clap::Args)]
#[command(group = ArgGroup::new("which").required(true).args(["name", "latest", "all"]))]
pub struct VerifyBackupArgs {
    /// Name of the backup
    pub name: Option<BackupName>,
    /// The latest backup
    #[arg(long, help_heading = BEYOND)]
    pub latest: bool,
    /// All backups of the instance
    #[arg(long, help_heading = BEYOND)]
    pub all: bool,
    /// Instance that it is of
    #[arg(long, value_name = "NAME", default_value_t = Name::main(), help_heading = BEYOND)]
    pub instance: Name,
    /// How many tables are read at once
    #[arg(long, value_name = "N", default_value = "2", help_heading = BEYOND)]
    pub jobs: NonZero<u32>,
}

/// Proves it.
pub async fn run(ctx: &Ctx, args: &VerifyBackupArgs) -> Result<Reply, Error> {
    let mut verdict = Verdict::Done;
    let mut text = String::new();
    for backup in chosen(ctx, args)? {
        let drilled = unless_interrupted(ctx, drill::drill(ctx, &backup, args.jobs.get())).await;
        if let Err(Error::Ended { .. }) = &drilled {
            drill::sweep(ctx).await?;
        }
        let (passed, found) = match drilled {
            Ok(it) => (it.passed, it.found),
            // Of several each gets its verdict.
            Err(err @ Error::BackupDamaged { .. }) => (false, err.line()),
            Err(err @ Error::BackupUnfit { .. }) if args.all => (false, err.line()),
            Err(err) => return Err(err),
        };
        if !passed {
            verdict = Verdict::Failed;
        }
        text += &format!("{}: {}: {found}\n", backup.name, if passed { "passed" } else { "failed" });
    }
    Ok(Reply::data(verdict, text))
}

fn chosen(ctx: &Ctx, args: &VerifyBackupArgs) -> Result<Vec<Backup>, Error> {
    if let Some(name) = &args.name {
        return Ok(vec![find(ctx, &args.instance, name)?]);
    }
    let mut all = ctx.backups.list(Some(args.instance.as_str()))?;
    if args.latest {
        all = all.pop().into_iter().collect();
    }
    match all.is_empty() {
        false => Ok(all),
        true => Err(Error::NoBackup {
            name: "any".to_owned(),
            instance: args.instance.to_string(),
            known: "none".to_owned(),
        }),
    }
}

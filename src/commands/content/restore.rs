//! `content restore`: a backup comes back, into a new instance or in the place of what is there.

use std::num::NonZero;

use clap::ArgGroup;

use crate::backups::folder::Backup;
use crate::backups::metadata::Metadata;
use crate::backups::name::BackupName;
use crate::commands::content::remove_database::{Consent, needed_by};
use crate::context::Ctx;
use crate::error::Error;
use crate::exit::Verdict;
use crate::instances::name::Name;
use crate::lifecycle::vacant::vacant;
use crate::lifecycle::{need, pitr, restore, session, unless_interrupted};
use crate::output::{BEYOND, Reply};
use crate::pg::databases;
use crate::pg::identifier::Identifier;
use crate::replay::{Lsn, Until};

/// Restore a backup, into a new instance or in the place of the databases that are there
#[derive(Clone, Debug, clap::Args)]
#[command(group = ArgGroup::new("what").required(true).args(["name", "to", "to_lsn", "to_name"]))]
pub struct RestoreArgs {
    /// Name of the backup
    pub name: Option<BackupName>,
    /// All up to this moment, such as "2026-11-23 10:00:00+00", or `latest`; see `content backup enable-pitr`
    #[arg(long, value_name = "TIME", value_parser = time, requires = "into", help_heading = BEYOND)]
    pub to: Option<Until>,
    /// All up to this place in WAL, such as 0/3000148
    #[arg(long, value_name = "LSN", requires = "into", help_heading = BEYOND)]
    pub to_lsn: Option<Lsn>,
    /// All up to this restore point
    #[arg(long, value_name = "NAME", requires = "into", help_heading = BEYOND)]
    pub to_name: Option<String>,
    /// Instance that it is of
    #[arg(long, value_name = "NAME", default_value_t = Name::main(), help_heading = BEYOND)]
    pub instance: Name,
    /// Restore into this instance, which there must not be yet
    #[arg(long, value_name = "NEW", conflicts_with = "database", help_heading = BEYOND)]
    pub into: Option<Name>,
    /// Only this database
    #[arg(long, value_name = "NAME", help_heading = BEYOND)]
    pub database: Option<Identifier>,
    /// Drop the databases that the backup does not have
    #[arg(long, conflicts_with_all = ["into", "database"], help_heading = BEYOND)]
    pub clean: bool,
    /// How many tables are read at once
    #[arg(long, value_name = "N", default_value = "2", help_heading = BEYOND)]
    pub jobs: NonZero<u32>,
    /// Do not ask
    #[arg(long, help_heading = BEYOND)]
    pub yes: bool,
}

/// A moment, which is nobody's without its zone.
fn time(text: &str) -> Result<Until, String> {
    if text == "latest" {
        return Ok(Until::Latest);
    }
    text.parse().map(Until::Time).map_err(|_| {
        "it is `latest`, or a time with its zone such as \"2026-11-23 10:00:00+00\" or 2026-11-23T10:00:00Z".to_owned()
    })
}

impl RestoreArgs {
    /// The moment that is asked for, if one is.
    fn until(&self) -> Option<Until> {
        let named = || self.to_name.clone().map(Until::Name);
        self.to.clone().or(self.to_lsn.map(Until::Lsn)).or_else(named)
    }
}

/// Restores it.
pub async fn run(ctx: &Ctx, args: &RestoreArgs) -> Result<Reply, Error> {
    if let (Some(until), Some(new)) = (args.until(), &args.into) {
        return moment(ctx, &args.instance, &until, new).await;
    }
    let Some(name) = &args.name else { return Err(Error::Usage("no backup is named".to_owned())) };
    let backup = find(ctx, &args.instance, name)?;
    match &args.into {
        Some(new) => into_new(ctx, &backup, new, args.jobs.get()).await,
        None => in_place(ctx, &backup, args).await,
    }
}

async fn moment(ctx: &Ctx, instance: &Name, until: &Until, new: &Name) -> Result<Reply, Error> {
    let restored = unless_interrupted(ctx, pitr::into_new(ctx, instance, until, new)).await;
    if let Err(Error::Ended { .. }) = &restored {
        vacant(ctx, new, restore::refuse_used).await?;
    }
    let (record, base) = restored?;
    ctx.out.note(&format!(
        "`{new}` is running on port {} with what `{instance}` had up to {until}, from `{}` on",
        record.port, base.name
    ));
    Ok(Reply::plain(Verdict::Done))
}

/// The backup of this name.
pub fn find(ctx: &Ctx, instance: &Name, name: &BackupName) -> Result<Backup, Error> {
    if let Some(found) = ctx.backups.find(instance.as_str(), name)? {
        return Ok(found);
    }
    let known: Vec<String> =
        ctx.backups.list(Some(instance.as_str()))?.iter().map(|it| it.name.to_string()).collect();
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    Err(Error::NoBackup { name: name.to_string(), instance: instance.to_string(), known })
}

async fn into_new(ctx: &Ctx, backup: &Backup, new: &Name, jobs: u32) -> Result<Reply, Error> {
    let restored = unless_interrupted(ctx, restore::into_new(ctx, backup, new, jobs)).await;
    if let Err(Error::Ended { .. }) = &restored {
        vacant(ctx, new, restore::refuse_used).await?;
    }
    let record = restored?;
    ctx.out.note(&format!("`{new}` is running on port {} with what `{}` has", record.port, backup.name));
    Ok(Reply::plain(Verdict::Done))
}

async fn in_place(ctx: &Ctx, backup: &Backup, args: &RestoreArgs) -> Result<Reply, Error> {
    // Nobody is asked about what cannot be done.
    restore::refuse_unfit(backup.known()?)?;
    let metadata = restore::sound_for(ctx, backup, &args.instance, args.database.as_ref()).await?;
    let gone = if args.clean { strange(ctx, &metadata, &args.instance).await? } else { Vec::new() };
    let what = match (&args.database, metadata.databases.as_slice()) {
        (Some(name), _) => format!("database `{name}`"),
        (None, [one]) => format!("database `{}`", one.name),
        (None, _) => "all databases that the backup has".to_owned(),
    };
    let dropping = match gone.is_empty() {
        true => String::new(),
        false => format!(", dropping {},", listed(&gone)),
    };
    Consent::by(args.yes).obtain_by(
        &format!("replacing {what} of `{}`{dropping} and ending the sessions in them", args.instance),
        "--yes",
    )?;
    let replaced = restore::Replaced { instance: &args.instance, only: args.database.as_ref(), gone: &gone };
    let work = restore::in_place(ctx, (backup, &metadata), &replaced, args.jobs.get());
    let restored = unless_interrupted(ctx, work).await;
    if let Err(Error::Ended { .. }) = &restored {
        restore::tidy(ctx, &args.instance).await?;
    }
    let names = restored?;
    ctx.out.note(&format!("`{}` has {} again as in `{}`", args.instance, names.join(", "), backup.name));
    if !gone.is_empty() {
        ctx.out.note(&format!("{} went, which `{}` does not have", listed(&gone), backup.name));
    }
    Ok(Reply::plain(Verdict::Done))
}

/// The databases of an instance that the backup does not have and nobody needs.
async fn strange(ctx: &Ctx, metadata: &Metadata, instance: &Name) -> Result<Vec<Identifier>, Error> {
    let record = need(ctx, instance)?;
    let session = session::administer(ctx, &record, None).await?;
    let mut found = Vec::new();
    for name in databases::names(&session).await? {
        let is_known = metadata.databases.iter().any(|it| it.name == name) || restore::is_passing(&name);
        let name: Identifier = name.parse().map_err(Error::Usage)?;
        if !is_known && needed_by(ctx, &record, &name).is_none() {
            found.push(name);
        }
    }
    Ok(found)
}

fn listed(names: &[Identifier]) -> String {
    names.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ")
}

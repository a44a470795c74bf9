//! `content backup enable-pitr`: archives the WAL of an instance from now on, so that any moment of it can be restored.

use crate::backups::metadata::{Compression, Kind};
use crate::backups::name::BackupName;
use crate::commands::content::remove_database::Consent;
use crate::context::Ctx;
use crate::error::Error;
use crate::exit::Verdict;
use crate::instances::name::Name;
use crate::instances::record::Record;
use crate::lifecycle::archiving::{self, Archiving, Keeper};
use crate::lifecycle::backup::{Wanted, back_up_unless_interrupted};
use crate::lifecycle::{need, pitr};
use crate::moment;
use crate::output::{BEYOND, Reply};

/// How the name begins of the backup that is made at once.
const PREFIX: &str = "base";

/// Archive an instance's WAL from now on, so that any moment can be restored; begins with a restart and a physical backup
#[derive(Clone, Debug, clap::Args)]
pub struct EnablePitrArgs {
    /// Instance whose WAL is archived
    #[arg(long, value_name = "NAME", default_value_t = Name::main(), help_heading = BEYOND)]
    pub instance: Name,
    /// Who keeps the archive [default: postgres, or whoever does]
    #[arg(long, value_enum, value_name = "PROGRAM", conflicts_with = "off", help_heading = BEYOND)]
    pub with: Option<Keeper>,
    /// Archive it no more, which needs a restart too; what is archived stays
    #[arg(long, help_heading = BEYOND)]
    pub off: bool,
    /// Restart the server without asking
    #[arg(long, help_heading = BEYOND)]
    pub yes: bool,
}

/// Begins it, or says since when it goes on.
pub async fn run(ctx: &Ctx, args: &EnablePitrArgs) -> Result<Reply, Error> {
    let mut record = need(ctx, &args.instance)?;
    match (args.off, archiving::look(ctx, &record).await?) {
        (true, Archiving::Off) if record.archive.is_none() => {
            ctx.out.note(&format!("the WAL of `{}` is not archived", record.name));
            return Ok(Reply::plain(Verdict::Done));
        }
        (true, _) => {
            switch(ctx, args, &mut record).await?;
            ctx.out
                .note(&format!("the WAL of `{}` is archived no more; what is archived stays", record.name));
            return Ok(Reply::plain(Verdict::Done));
        }
        (false, Archiving::On) if !is_other(args.with, &record) => {}
        (false, _) => switch(ctx, args, &mut record).await?,
    }
    if !pitr::leads_on(&pitr::bases(ctx, record.name.as_str())?, &record) {
        back_up(ctx, &record).await?;
    }
    Ok(Reply::data(Verdict::Done, told(ctx, &record)?))
}

/// Whether somebody else is to keep the archive than does.
fn is_other(with: Option<Keeper>, record: &Record) -> bool {
    with.is_some() && with != record.archive.as_deref().map(Keeper::of)
}

async fn switch(ctx: &Ctx, args: &EnablePitrArgs, record: &mut Record) -> Result<(), Error> {
    let what = format!("restarting `{}` and ending the sessions in it", args.instance);
    Consent::by(args.yes).obtain_by(&what, "--yes")?;
    let held = ctx.store.hold(&args.instance, &ctx.command, &ctx.waiting).await?;
    *record = need(ctx, &args.instance)?;
    let place = match args.off {
        true => None,
        false => Some(archiving::place(ctx, record, args.with.unwrap_or_default()).await?),
    };
    archiving::switch(ctx, &held, record, place.as_deref()).await
}

/// Without a backup that what is archived follows upon, there is nothing to replay it upon.
async fn back_up(ctx: &Ctx, record: &Record) -> Result<(), Error> {
    let wanted = Wanted {
        name: BackupName::now(PREFIX)?,
        kind: Kind::Physical,
        databases: Vec::new(),
        jobs: 1,
        compression: Compression::None,
        role_passwords: true,
    };
    let made = back_up_unless_interrupted(ctx, record, &wanted).await?;
    ctx.out.note(&format!("`{}` is what WAL is replayed upon", made.backup_name));
    Ok(())
}

fn told(ctx: &Ctx, record: &Record) -> Result<String, Error> {
    let archive = record.archive.as_ref().map(|it| it.display().to_string()).unwrap_or_default();
    let mut text = format!("{}: archived in {archive}\n", record.name);
    for window in pitr::windows(&pitr::bases(ctx, record.name.as_str())?) {
        let (from, until) = (moment::told(window.from), moment::told(window.until));
        text += &format!("{}: any moment from {from} to {until}\n", record.name);
    }
    Ok(text)
}

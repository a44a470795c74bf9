//! `content backup run-due`: does what schedules ask for, and nothing that is not due.

use jiff::{SignedDuration, Timestamp};

use crate::backups::folder::Backup;
use crate::backups::metadata::{Compression, Kind};
use crate::backups::name::BackupName;
use crate::backups::schedule::{Schedule, Verify};
use crate::context::Ctx;
use crate::engine::Engine;
use crate::error::Error;
use crate::exit::Verdict;
use crate::instances::name::Name;
use crate::instances::record::Desired;
use crate::lifecycle::backup::{Wanted, back_up};
use crate::lifecycle::{archiving, drill, need, pitr, unless_interrupted};
use crate::output::{BEYOND, Reply};
use crate::rules::schedule::{Candidate, Every, Keep, Worth, cron, span};
use crate::units::counted;

/// How the names begin, with a time behind it, of backups that are made by schedule: only they go by it.
const PREFIX: &str = "scheduled";
/// How many tables are written or read at once.
const JOBS: u32 = 2;

/// Do what schedules ask for: backups that are due, drills, and throwing away what may go
#[derive(Clone, Debug, clap::Args)]
pub struct RunDueArgs {
    /// Only for this instance [default: all that have a schedule]
    #[arg(long, value_name = "NAME", help_heading = BEYOND)]
    pub instance: Option<Name>,
    /// Say what would be done, and do nothing
    #[arg(long, help_heading = BEYOND)]
    pub dry_run: bool,
}

/// Whether things are done or only said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Do,
    Say,
}

/// Does it, instance by instance. One that fails does not keep the next from its turn.
pub async fn run(ctx: &Ctx, args: &RunDueArgs) -> Result<Reply, Error> {
    let names = match &args.instance {
        Some(name) => vec![name.to_string()],
        None => ctx.backups.scheduled()?,
    };
    if names.is_empty() {
        ctx.out.note("nothing is scheduled: `content backup schedule` says when an instance is backed up");
    }
    let mode = if args.dry_run { Mode::Say } else { Mode::Do };
    let (mut verdict, mut text) = (Verdict::Done, String::new());
    for name in names {
        match unless_interrupted(ctx, turn(ctx, &name, mode)).await {
            Ok(lines) => lines.iter().for_each(|it| text += &format!("{name}: {it}\n")),
            Err(err @ Error::Ended { .. }) => {
                clear_up(ctx, &name).await?;
                return Err(err);
            }
            Err(err) => {
                verdict = Verdict::Failed;
                text += &format!("{name}: failed: {}\n", err.line());
            }
        }
    }
    Ok(Reply::data(verdict, text))
}

/// Ends what a turn that was interrupted has begun: the program of a backup, the instance of a drill.
async fn clear_up(ctx: &Ctx, instance: &str) -> Result<(), Error> {
    if let Some(record) = ctx.store.find(&named(instance)?)? {
        ctx.engine.sweep(&ctx.site(&record)).await?;
    }
    drill::sweep(ctx).await
}

async fn turn(ctx: &Ctx, instance: &str, mode: Mode) -> Result<Vec<String>, Error> {
    let Some(schedule) = ctx.backups.schedule(instance)? else { return Ok(vec!["no schedule".to_owned()]) };
    let Some(_lock) = ctx.backups.take_turn(instance)? else {
        return Ok(vec!["another command is at it".to_owned()]);
    };
    let mut lines = Vec::new();
    let is_due = every(&schedule)?.is_due(last(ctx, instance)?, Timestamp::now());
    if is_due {
        lines.push(take(ctx, instance, schedule.kind, mode).await?);
    }
    lines.extend(prove(ctx, instance, &schedule, mode).await?);
    // Only behind a backup that was made: what is thrown away makes room for something.
    if is_due || mode == Mode::Say {
        lines.extend(tidy(ctx, instance, &schedule, mode)?);
    }
    lines.extend(prune(ctx, instance, mode)?);
    refuse_stuck(ctx, instance).await?;
    if lines.is_empty() {
        lines.push("nothing is due".to_owned());
    }
    Ok(lines)
}

/// Refuses an archive that gets nothing any more, of a server that is to run.
async fn refuse_stuck(ctx: &Ctx, instance: &str) -> Result<(), Error> {
    match ctx.store.find(&named(instance)?)? {
        Some(record) if record.desired == Desired::Running => archiving::refuse_stuck(ctx, &record).await,
        Some(_) | None => Ok(()),
    }
}

fn named(instance: &str) -> Result<Name, Error> {
    instance.parse().map_err(Error::Usage)
}

fn every(schedule: &Schedule) -> Result<Every, Error> {
    let every = match (&schedule.every, &schedule.cron) {
        (Some(text), _) => span(text).map(Every::Span),
        (None, Some(text)) => cron(text).map(|it| Every::Cron(Box::new(it))),
        (None, None) => Err("it says neither how often nor when".to_owned()),
    };
    every.map_err(|why| Error::Usage(format!("the schedule cannot be used: {why}")))
}

/// The backups that were made by schedule, the oldest first.
fn own(ctx: &Ctx, instance: &str) -> Result<Vec<Backup>, Error> {
    let all = ctx.backups.list(Some(instance))?.into_iter();
    Ok(all.filter(|it| is_own(&it.name)).collect())
}

fn is_own(name: &BackupName) -> bool {
    name.as_str().strip_prefix(PREFIX).is_some_and(|it| it.starts_with('-'))
}

fn made(backup: &Backup) -> Option<Timestamp> {
    backup.metadata.as_ref().ok().and_then(|it| it.created.parse().ok())
}

fn last(ctx: &Ctx, instance: &str) -> Result<Option<Timestamp>, Error> {
    Ok(own(ctx, instance)?.iter().filter_map(made).max())
}

async fn take(ctx: &Ctx, instance: &str, kind: Kind, mode: Mode) -> Result<String, Error> {
    if mode == Mode::Say {
        return Ok("a backup is due".to_owned());
    }
    let record = need(ctx, &named(instance)?)?;
    let name = BackupName::now(PREFIX)?;
    let wanted = Wanted {
        name: name.clone(),
        kind,
        databases: Vec::new(),
        jobs: JOBS,
        compression: Compression::default(),
        role_passwords: false,
    };
    back_up(ctx, &record, &wanted).await?;
    Ok(format!("backed up as {name}"))
}

/// Tries the latest backup, if none was tried for so long.
async fn prove(ctx: &Ctx, instance: &str, schedule: &Schedule, mode: Mode) -> Result<Option<String>, Error> {
    let days = match schedule.verify {
        None => return Ok(None),
        Some(Verify::Daily) => 1,
        Some(Verify::Weekly) => 7,
        Some(Verify::Monthly) => 30,
    };
    let all = own(ctx, instance)?;
    let tried =
        all.iter().filter_map(|it| it.metadata.as_ref().ok()?.verified.as_ref()?.at.parse().ok()).max();
    let (Some(latest), true) =
        (all.last(), Every::Span(SignedDuration::from_hours(24 * days)).is_due(tried, Timestamp::now()))
    else {
        return Ok(None);
    };
    if mode == Mode::Say {
        return Ok(Some(format!("a drill of {} is due", latest.name)));
    }
    let verified = drill::drill(ctx, latest, JOBS).await?;
    match verified.passed {
        true => Ok(Some(format!("{} passed its drill: {}", latest.name, verified.found))),
        false => Err(latest.damaged(&verified.found)),
    }
}

fn tidy(ctx: &Ctx, instance: &str, schedule: &Schedule, mode: Mode) -> Result<Vec<String>, Error> {
    let keep: Keep = schedule.keep.parse().map_err(Error::Usage)?;
    let all: Vec<(Backup, Candidate)> = own(ctx, instance)?
        .into_iter()
        .map(|it| {
            let candidate = Candidate { at: made(&it).unwrap_or(Timestamp::UNIX_EPOCH), worth: worth(&it) };
            (it, candidate)
        })
        .collect();
    let candidates: Vec<Candidate> = all.iter().map(|(_, it)| *it).collect();
    let mut lines = Vec::new();
    for at in keep.doomed(&candidates) {
        let Some((backup, _)) = all.get(at) else { continue };
        match mode {
            Mode::Say => lines.push(format!("{} would go", backup.name)),
            Mode::Do => {
                ctx.backups.delete(backup)?;
                lines.push(format!("{} is gone", backup.name));
            }
        }
    }
    Ok(lines)
}

/// Throws away WAL that no backup needs any more.
fn prune(ctx: &Ctx, instance: &str, mode: Mode) -> Result<Vec<String>, Error> {
    let bases = pitr::bases(ctx, instance)?;
    let mut lines = Vec::new();
    for (archive, first) in pitr::needed(&bases) {
        let told = counted(archive.count(first), "segment");
        match (archive.count(first), mode) {
            (0, _) => {}
            (_, Mode::Say) => lines.push(format!("{told} of WAL would go")),
            (_, Mode::Do) => {
                archive.prune(first)?;
                lines.push(format!("{told} of WAL went"));
            }
        }
    }
    Ok(lines)
}

fn worth(backup: &Backup) -> Worth {
    match backup.metadata.as_ref().map(|it| it.verified.as_ref().map(|it| it.passed)) {
        Err(_) | Ok(Some(false)) => Worth::Bad,
        Ok(None) => Worth::Untried,
        Ok(Some(true)) => Worth::Proved,
    }
}

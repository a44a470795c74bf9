//! Point-in-time recovery: an instance becomes a second one, as it was at a moment that its backups and its archive of WAL
//! lead to. Whether they do is found out before anything is begun.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::backups::archive::{Archive, Reach};
use crate::backups::folder::Backup;
use crate::backups::metadata::Wal;
use crate::context::Ctx;
use crate::error::Error;
use crate::instances::name::Name;
use crate::instances::record::{Creation, Record};
use crate::lifecycle::archiving;
use crate::lifecycle::restore::{finish, refuse_used, sound};
use crate::lifecycle::revive::{self, Way};
use crate::lifecycle::vacant::{left, vacant};
use crate::moment;
use crate::replay::{Lsn, Replay, Until};
use crate::rules::window::{Aim, Whole, base, covers};
use crate::wait::aside;

/// What an instance is recorded as a copy of, which is being made from another's past.
pub const OF_MOMENT: &str = "moment:";
/// How long a living server may take to archive what it has written so far.
const FLUSH_LIMIT: Duration = Duration::from_secs(60);

/// A physical backup behind which WAL is archived.
#[derive(Clone, Debug)]
pub struct Base {
    /// The backup.
    pub backup: Backup,
    /// Its WAL.
    wal: Wal,
    /// The archive, which several may have.
    archive: Arc<Archive>,
    /// Where it is whole.
    whole: Whole,
}

/// A span of time any moment of which can be restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// Its begin.
    pub from: Timestamp,
    /// Its end: when what was archived last was archived.
    pub until: Timestamp,
}

/// Makes an instance as `instance` was at a moment.
pub async fn into_new(
    ctx: &Ctx,
    instance: &Name,
    until: &Until,
    name: &Name,
) -> Result<(Record, Backup), Error> {
    refuse_future(instance, until)?;
    left(ctx, name, refuse_used)?;
    flush(ctx, instance).await;
    let (base, way) = reachable(ctx, instance, until).await?;
    sound(ctx, &base.backup).await?;
    let held = vacant(ctx, name, refuse_used).await?;
    let of = format!("{OF_MOMENT}{instance}/{until}");
    let from = (&base.backup, base.backup.known()?);
    let record = revive::new(ctx, &held, name, from, (of, Some(&way))).await?;
    Ok((finish(ctx, &held, record)?, base.backup))
}

fn refuse_future(instance: &Name, until: &Until) -> Result<(), Error> {
    match until {
        Until::Time(at) if *at > Timestamp::now() => {
            let why = "that is still to come".to_owned();
            Err(unreached(instance, until, why, "`--to latest` restores all that there is".to_owned()))
        }
        Until::Time(_) | Until::Lsn(_) | Until::Name(_) | Until::Latest => Ok(()),
    }
}

/// Lets the instance, if it lives, archive all that was committed up to now. That it cannot shows in what is archived.
async fn flush(ctx: &Ctx, instance: &Name) {
    let flushed = async {
        match ctx.store.find(instance)? {
            Some(record) if record.archive.is_some() && record.creation == Creation::Finished => {
                archiving::flush(ctx, &record, FLUSH_LIMIT).await
            }
            Some(_) | None => Ok(()),
        }
    };
    let flushed: Result<(), Error> = flushed.await;
    if let Err(err) = flushed {
        ctx.out.note(&format!("what `{instance}` has not archived yet is left out: {}", err.line()));
    }
}

/// The backups of an instance behind which WAL is archived, the oldest first.
pub fn bases(ctx: &Ctx, instance: &str) -> Result<Vec<Base>, Error> {
    let mut bases: Vec<Base> = Vec::new();
    for backup in ctx.backups.list(Some(instance))? {
        let Some(wal) = backup.metadata.as_ref().ok().and_then(|it| it.wal.clone()) else { continue };
        let (Some(dir), Ok(at)) = (&wal.archive, wal.ended.parse()) else { continue };
        let archive = match bases.iter().find(|it| it.archive.dir() == dir) {
            Some(other) => other.archive.clone(),
            None => Arc::new(Archive::open(dir, wal.segment_bytes)?),
        };
        let whole = Whole { at, lsn: wal.end_lsn };
        bases.push(Base { backup, wal, archive, whole });
    }
    Ok(bases)
}

/// How far the archive leads from a backup.
fn reach(base: &Base) -> Reach {
    base.archive.reach(base.archive.number(base.wal.end_lsn))
}

/// Whether what an instance archives now follows upon the latest of its backups.
pub fn leads_on(bases: &[Base], record: &Record) -> bool {
    let latest = bases.iter().rfind(|it| Some(it.archive.dir()) == record.archive.as_deref());
    latest.is_some_and(|it| reach(it).missing.is_none())
}

/// The span behind each backup, those of one archive as one if they meet.
pub fn windows(bases: &[Base]) -> Vec<Window> {
    let mut windows: Vec<Window> = Vec::new();
    for base in bases {
        let until = archived(&reach(base)).unwrap_or(base.whole.at).max(base.whole.at);
        let window = Window { from: base.whole.at, until };
        match windows.last_mut() {
            Some(last) if last.until >= window.from => last.until = last.until.max(window.until),
            Some(_) | None => windows.push(window),
        }
    }
    windows
}

fn archived(reach: &Reach) -> Option<Timestamp> {
    reach.last.as_ref().and_then(|(_, it)| Timestamp::try_from(it.archived).ok())
}

/// The archives of an instance, each with the number of the first segment that a backup needs.
pub fn needed(bases: &[Base]) -> Vec<(&Archive, u64)> {
    let mut needed: Vec<(&Archive, u64)> = Vec::new();
    for base in bases {
        let first = base.archive.number(base.wal.start_lsn);
        match needed.iter_mut().find(|(archive, _)| archive.dir() == base.archive.dir()) {
            Some((_, before)) => *before = first.min(*before),
            None => needed.push((&base.archive, first)),
        }
    }
    needed
}

/// The backup from which a moment is reached and what is replayed behind it, if that leads there.
async fn reachable(ctx: &Ctx, instance: &Name, until: &Until) -> Result<(Base, Way), Error> {
    let (aim, identifier) = aim(ctx, instance, until)?;
    let mut bases = bases(ctx, instance.as_str())?;
    let of = |it: &Base| it.backup.metadata.as_ref().ok().map(|it| it.system_identifier.clone());
    // A place in WAL means nothing for an instance of the same name that was there before.
    if !matches!(aim, Aim::Time(_)) {
        let meant = identifier.or_else(|| bases.last().and_then(of));
        bases.retain(|it| of(it) == meant);
    }
    let all: Vec<Whole> = bases.iter().map(|it| it.whole).collect();
    let Some(number) = base(&all, aim) else { return Err(before_all(instance, until, &bases)) };
    let base = bases.swap_remove(number);
    let reach = reach(&base);
    let bytes = base.wal.segment_bytes;
    let end = match (&reach.last, archived(&reach)) {
        (Some((number, _)), Some(at)) => Whole { at, lsn: Lsn((number + 1) * bytes) },
        _ => base.whole,
    };
    let is_gap_in_the_way = reach.missing.is_some() && aim == Aim::Latest;
    if !covers(aim, end) || is_gap_in_the_way {
        return Err(behind_all(instance, until, &reach, end));
    }
    let last = reach.last.as_ref().map(|(number, _)| *number);
    ctx.waiting.on("the archived WAL to be looked through");
    refuse_damaged(&base, instance, until, needed_for(&base, aim, last)).await?;
    let through = last.map(|number| Lsn(number * bytes));
    let replay = Replay { archive: base.archive.dir().to_owned(), until: until.clone() };
    let through = through.filter(|_| aim == Aim::Latest);
    Ok((base, Way { replay, through }))
}

/// The last segment that is needed to come to a moment: one of the time when it was archived, or later, has it in it.
fn needed_for(base: &Base, aim: Aim, last: Option<u64>) -> Option<u64> {
    let has = match aim {
        Aim::Time(at) => base.archive.first_archived(base.archive.number(base.wal.end_lsn), at.into()),
        Aim::Lsn(lsn) => Some(base.archive.number(lsn)),
        Aim::Latest => None,
    };
    last.map(|last| has.map_or(last, |it| it.min(last)))
}

async fn refuse_damaged(base: &Base, instance: &Name, until: &Until, last: Option<u64>) -> Result<(), Error> {
    let Some(last) = last else { return Ok(()) };
    let first = base.archive.number(base.wal.end_lsn);
    let archive = base.archive.clone();
    match aside(move || archive.damage(first, last)).await? {
        None => Ok(()),
        Some(why) => {
            let advice = format!(
                "an earlier moment may be reached; the archive is in {}",
                base.archive.dir().display()
            );
            Err(unreached(instance, until, why, advice))
        }
    }
}

/// What a moment is for the archive, and whose WAL it is in, if it has a name.
fn aim(ctx: &Ctx, instance: &Name, until: &Until) -> Result<(Aim, Option<String>), Error> {
    match until {
        Until::Time(at) => Ok((Aim::Time(*at), None)),
        Until::Lsn(at) => Ok((Aim::Lsn(*at), None)),
        Until::Latest => Ok((Aim::Latest, None)),
        Until::Name(name) => {
            let points = ctx.backups.points(instance.as_str())?;
            match points.iter().find(|it| it.name == *name) {
                Some(point) => Ok((Aim::Lsn(point.lsn), Some(point.system_identifier.clone()))),
                None => {
                    let known: Vec<&str> = points.iter().map(|it| it.name.as_str()).collect();
                    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                    let why = "`content backup create-restore-point` has made none of that name".to_owned();
                    Err(unreached(instance, until, why, format!("there are: {known}")))
                }
            }
        }
    }
}

fn before_all(instance: &Name, until: &Until, bases: &[Base]) -> Error {
    let (why, advice) = match bases.iter().map(|it| it.whole).min_by_key(|it| it.at) {
        None => (
            "there is no physical backup of it behind which WAL is archived".to_owned(),
            format!("`resource-postgres content backup enable-pitr --instance {instance}` begins with that"),
        ),
        Some(first) => (
            format!("the first moment that can be restored is {} (LSN {})", exact(first.at), first.lsn),
            "name a later moment, or restore another backup".to_owned(),
        ),
    };
    unreached(instance, until, why, advice)
}

fn behind_all(instance: &Name, until: &Until, reach: &Reach, end: Whole) -> Error {
    let end_told = format!("{} (LSN {})", exact(end.at), end.lsn);
    let why = match &reach.missing {
        Some(missing) => {
            format!("segment {missing} of WAL is missing, and what is archived before ends at {end_told}")
        }
        None => format!("what is archived ends at {end_told}"),
    };
    unreached(instance, until, why, format!("name a moment before, such as {}", moment::told(end.at)))
}

/// A moment of which a second more or less decides.
fn exact(at: Timestamp) -> String {
    at.strftime("%FT%T%.3fZ").to_string()
}

fn unreached(instance: &Name, until: &Until, why: String, advice: String) -> Error {
    Error::OutOfReach { instance: instance.to_string(), until: until.to_string(), why, advice }
}

//! Reviving: a physical backup becomes an instance, as it was when the backup ended, or at a moment after that which its
//! archive of WAL leads to.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::backups::folder::Backup;
use crate::backups::metadata::Metadata;
use crate::context::Ctx;
use crate::engine::revival::Revival;
use crate::engine::twin::relocated;
use crate::engine::{Death, Engine, Halt, NewKey, control, copy, major, wal};
use crate::error::{Error, IoContext, absent_is_none};
use crate::instances::name::Name;
use crate::instances::record::{Desired, NewRecord, Record};
use crate::instances::store::Held;
use crate::instances::templates;
use crate::lifecycle::boot::{self, NotUp, Proof};
use crate::lifecycle::clone::tell;
use crate::lifecycle::copying::copied;
use crate::lifecycle::create::{hand_password, record_new};
use crate::lifecycle::halt;
use crate::lifecycle::physical::{CONFIGURATION, DATA};
use crate::lifecycle::restore::or_discard;
use crate::pg::admin::password_statements;
use crate::replay::{Lsn, Replay, Until};
use crate::runtime::{Container, Kind};
use crate::secret::Secret;

/// How long a server may take to replay an archive: as long as there is WAL, and whoever waits may end it.
const REPLAY_LIMIT: Duration = Duration::from_secs(30 * 24 * 3600);
/// How long it may take to boot or to end besides.
const LIMIT: Duration = Duration::from_secs(600);
/// What a server says whose WAL has ended before it came to its target.
const SHORT: &str = "recovery ended before configured recovery target was reached";

/// What is replayed behind a backup.
#[derive(Clone, Debug)]
pub struct Way {
    /// What is replayed.
    pub replay: Replay,
    /// What is to be reached at least, where nothing else tells the server where to end.
    pub through: Option<Lsn>,
}

/// A new instance with everything in it, recorded as a copy in the making: `of` says of what. Whoever holds it goes on with
/// it, or removes it.
pub async fn new(
    ctx: &Ctx,
    held: &Held,
    name: &Name,
    (backup, metadata): (&Backup, &Metadata),
    (of, way): (String, Option<&Way>),
) -> Result<Record, Error> {
    let record = record(ctx, held, name, metadata, (of, way)).await?;
    ctx.step("revive-recorded");
    let made = make(ctx, held, record.clone(), (backup, metadata), way).await;
    or_discard(ctx, held, &record, made).await
}

async fn record(
    ctx: &Ctx,
    held: &Held,
    name: &Name,
    metadata: &Metadata,
    (of, way): (String, Option<&Way>),
) -> Result<Record, Error> {
    let text = |key: &str| metadata.instance_config.get(key).and_then(|it| it.as_str()).map(str::to_owned);
    let template = text("template").filter(|it| ctx.templates.text(it).is_ok());
    let template = template.unwrap_or_else(|| templates::DEFAULT.to_owned());
    let engine = text("engine").and_then(|it| Kind::named(&it)).unwrap_or(Kind::Native);
    let wish = ctx.new_container(&template)?;
    let wish = Container { image: text("image").unwrap_or(wish.image), ..wish };
    let container = ctx.engine.settle_on(engine, wish, &|line| ctx.out.note(line)).await?;
    let mut site = ctx.site_of(name);
    (site.kind, site.container) = (Some(engine), container.clone());
    ctx.engine.serves(&site, metadata.major()).await?;
    let password = ctx.new_password()?;
    let user = match text("user") {
        Some(user) => user,
        None => ctx.settings.default_user.get()?.clone(),
    };
    let database = match text("database") {
        Some(database) => database,
        None => ctx.settings.database.for_creation()?.to_owned(),
    };
    record_new(ctx, held, None, |claim| {
        let new = NewRecord { claim, user, database, password, template, engine, container };
        let mut record = Record::cloning(new, of);
        record.desired = Desired::Running;
        record.replay = way.map(|it| it.replay.clone());
        record
    })
    .await
}

async fn make(
    ctx: &Ctx,
    held: &Held,
    mut record: Record,
    (backup, metadata): (&Backup, &Metadata),
    way: Option<&Way>,
) -> Result<Record, Error> {
    let site = ctx.site(&record);
    ctx.waiting.on(format!("the files of `{}` to be copied", backup.name));
    let (data, owners) = (backup.dir.join(DATA), ctx.engine.owners(&site).await?);
    let revival = Revival { data, site: site.clone(), owners };
    let theirs = revival.clone();
    copied(ctx, move |tally| theirs.copy(tally), || false).await?;
    ctx.step("revive-copied");
    let configuration = configuration(ctx, backup, &site.dir)?;
    tell(ctx, &record, "the other one", &revival.complete(configuration.as_deref())?);
    record.version = major(&site.data());
    if let Some(text) = configuration {
        ctx.engine.configure(&site, &text).await?;
    }
    ctx.engine.check(&site).await?;
    ctx.step("revive-placed");
    if let Some(way) = way {
        recover(ctx, held, &mut record, (way, &metadata.instance)).await?;
        ctx.step("revive-recovered");
    }
    let (synced, entered) = tokio::join!(copy::sync(site.data()), enter(ctx, held, &mut record));
    synced.and(entered)?;
    ctx.store.put(held, &record)?;
    ctx.engine.close_way_in(&ctx.site(&record)).await?;
    Ok(record)
}

/// The configuration in a backup, with the new instance's folder in place of that of the one that it was taken of.
fn configuration(ctx: &Ctx, backup: &Backup, dir: &Path) -> Result<Option<String>, Error> {
    let file = backup.dir.join(CONFIGURATION);
    let text = absent_is_none(fs::read_to_string(&file)).doing("reading", &file)?;
    Ok(text.map(|it| relocated(&it, &ctx.store.root().join(&backup.instance), dir)))
}

/// Lets the server replay the archive, which gives it a timeline of its own, and gives it an identity of its own.
async fn recover(
    ctx: &Ctx,
    held: &Held,
    record: &mut Record,
    (way, instance): (&Way, &str),
) -> Result<(), Error> {
    if let Err(not_up) = boot::boot(ctx, held, record, Proof::Word, REPLAY_LIMIT).await {
        return Err(match not_up {
            NotUp::Died(Death::Other(said)) if said.contains(SHORT) => short(instance, &way.replay.until),
            other => other.into_error(record, REPLAY_LIMIT),
        });
    }
    let site = ctx.site(record);
    halt(ctx, &site, Halt::Fast, LIMIT).await?;
    let data = site.data();
    if let (Some(through), Some(at)) = (way.through, wal::branched_at(&data)?)
        && at < through
    {
        return Err(short(instance, &way.replay.until));
    }
    control::restamp(&data).doing("giving an identity to", &data)?;
    record.replay = None;
    ctx.store.put(held, record)
}

fn short(instance: &str, until: &Until) -> Error {
    Error::OutOfReach {
        instance: instance.to_owned(),
        until: until.to_string(),
        why: "what is archived ends before, without another transaction".to_owned(),
        advice: "`--to latest` restores all that is archived".to_owned(),
    }
}

/// The first boot of a server whose superuser has a password that may be known to nobody any more.
async fn enter(ctx: &Ctx, held: &Held, record: &mut Record) -> Result<(), Error> {
    if let Err(not_up) = boot::boot(ctx, held, record, Proof::Word, LIMIT).await {
        return Err(not_up.into_error(record, LIMIT));
    }
    ctx.step("booted");
    let password = Secret::random();
    let statements = password_statements(&record.user, &password);
    let key = NewKey { user: &record.user, password, statements };
    ctx.engine.open_way_in(&ctx.site(record), &key).await?;
    hand_password(ctx, record, LIMIT).await
}

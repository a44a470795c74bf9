//! Creating an instance: record first, then data, then the proof. Whatever interrupts it, the next command that
//! wants the instance makes it anew, since an unfinished one was never handed to anybody.

use std::fs;
use std::time::Duration;

use crate::context::Ctx;
use crate::engine::{Cluster, Engine, Fate, Halt, Site, copy};
use crate::error::{Error, IoContext, absent_is_none};
use crate::files::make_dir;
use crate::instances::name::Name;
use crate::instances::ports::{self, Wish};
use crate::instances::record::{Claim, Creation, Desired, NewRecord, PortSource, Record};
use crate::instances::store::Held;
use crate::instances::templates;
use crate::lifecycle::boot::{self, Proof};
use crate::lifecycle::session::unconnected;
use crate::lifecycle::{half_cloned, halt};
use crate::pg::admin::set_password;
use crate::pg::connect::connect;
use crate::runtime::{Container, Kind};

/// How long the server of a new, empty instance may take to answer.
pub(super) const BOOT_LIMIT: Duration = Duration::from_secs(60);
/// How long the server of an interrupted creation may take to end.
pub(super) const HALT_LIMIT: Duration = Duration::from_secs(30);

/// What is wanted of a new instance.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Its name.
    pub name: Name,
    /// Its template, where the user chose one.
    pub template: Option<String>,
    /// Its port, where the user chose one.
    pub port: Option<u16>,
}

/// How the instance is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    /// Running.
    Running,
    /// Proved by a boot and a query, and stopped.
    Stopped,
    /// Made, and never booted: the first start proves it.
    Unproved,
    /// Running, and recorded as unfinished: something is still to come into it before anybody may use it.
    Unhanded,
}

/// What became of a creation.
#[derive(Clone, Debug)]
pub enum Made {
    /// It is new.
    New(Record),
    /// It was there, as wanted.
    Existing(Record),
    /// Its data had been kept by an uninstall and is in use again.
    Restored(Record),
}

impl Made {
    /// The instance's record.
    pub fn record(&self) -> &Record {
        match self {
            Self::New(record) | Self::Existing(record) | Self::Restored(record) => record,
        }
    }
}

/// Creates the instance, or finds it as it is wanted.
pub async fn create(ctx: &Ctx, wanted: &Wanted, leave: Leave) -> Result<Made, Error> {
    if ctx.store.find(&wanted.name)?.is_none() {
        check(ctx, wanted)?;
    }
    let held = ctx.store.hold(&wanted.name, &ctx.command, &ctx.waiting).await?;
    create_held(ctx, &held, wanted, leave).await
}

/// The same for whoever holds the instance's lock already, and goes on with it.
pub async fn create_held(ctx: &Ctx, held: &Held, wanted: &Wanted, leave: Leave) -> Result<Made, Error> {
    if let Some(record) = ctx.store.find(&wanted.name)? {
        return match record.creation {
            Creation::Finished => same(record, wanted).map(Made::Existing),
            Creation::Unproved => finish(ctx, held, same(record, wanted)?, leave).await.map(Made::New),
            Creation::Cloning => Err(half_cloned(&record)),
            Creation::Unfinished => {
                finish(ctx, held, adapt(ctx, record, wanted)?, leave).await.map(Made::New)
            }
        };
    }
    if ctx.store.unkeep(held)? {
        let mut record = crate::lifecycle::need(ctx, &wanted.name)?;
        // The uninstall had stopped it, and that is how it comes back.
        record.desired = Desired::Stopped;
        ctx.store.put(held, &record)?;
        return same(record, wanted).map(Made::Restored);
    }
    refuse_strangers(ctx, &wanted.name)?;
    ctx.waiting.on("an engine to run it");
    let template = wanted.template.as_deref().unwrap_or(templates::DEFAULT);
    let say = |line: &str| ctx.out.note(line);
    let (engine, container) = ctx.engine.choose(|| ctx.new_container(template), &say).await?;
    match make_new(ctx, held, wanted, (engine, container), leave).await {
        Ok(record) => Ok(Made::New(record)),
        Err(err) => Err(roll_back(ctx, held, &wanted.name, engine, err).await),
    }
}

/// Refuses what can be refused before even a lock is made.
fn check(ctx: &Ctx, wanted: &Wanted) -> Result<(), Error> {
    ctx.templates.text(wanted.template.as_deref().unwrap_or(templates::DEFAULT))?;
    match wanted.port {
        Some(port) => ports::within(port, ctx.settings.port_range.get()?),
        None => Ok(()),
    }
}

async fn make_new(
    ctx: &Ctx,
    held: &Held,
    wanted: &Wanted,
    home: (Kind, Container),
    leave: Leave,
) -> Result<Record, Error> {
    let record = lease(ctx, held, wanted, home).await?;
    ctx.step("recorded");
    finish(ctx, held, record, leave).await
}

/// Leaves nothing of an instance whose creation began with this command and failed.
pub async fn roll_back(ctx: &Ctx, held: &Held, name: &Name, engine: Kind, err: Error) -> Error {
    let site = Site { kind: Some(engine), ..ctx.site_of(name) };
    let forgotten = ctx.engine.forget(&site, Fate::Deleted).await;
    if let Err(also) = forgotten.and_then(|()| ctx.store.delete(held)) {
        ctx.out.note(&format!("clearing up after `{name}`: {}", also.line()));
    }
    of_nothing(name, err)
}

/// The error where nothing is left of the instance: the hints of some speak of a log and a server that are gone.
pub fn of_nothing(name: &Name, err: Error) -> Error {
    match err {
        Error::DiedAtStart { said, .. } | Error::BadConfiguration { said, .. } => {
            Error::NotCreated { name: name.to_string(), said }
        }
        Error::NotReady { last, .. } => Error::NotCreated { name: name.to_string(), said: last },
        err => err,
    }
}

/// Makes a recorded instance whole and proves it. If it cannot be, it stays as it is without a server: what the user
/// stored with it meanwhile is not ours to delete.
pub async fn finish(ctx: &Ctx, held: &Held, record: Record, leave: Leave) -> Result<Record, Error> {
    let site = ctx.site(&record);
    // Where this fails, nothing has been begun that would have to be cleared up.
    end_interrupted(ctx, &record).await?;
    let finished = match record.creation {
        Creation::Unproved | Creation::Finished => validate(ctx, held, record, leave).await,
        Creation::Unfinished => make(ctx, held, record, leave).await,
        Creation::Cloning => Err(half_cloned(&record)),
    };
    if finished.is_err() {
        halt_failed(ctx, &site).await;
    }
    finished
}

/// Ends the server of an instance that could not be made whole.
pub async fn halt_failed(ctx: &Ctx, site: &Site) {
    if let Err(also) = ctx.engine.halt(site, Halt::Immediate, HALT_LIMIT).await {
        ctx.out.note(&format!("clearing up after `{}`: {}", site.name, also.line()));
    }
}

async fn make(ctx: &Ctx, held: &Held, mut record: Record, leave: Leave) -> Result<Record, Error> {
    let site = ctx.site(&record);
    let text = ctx.templates.text(&record.template)?;
    ctx.waiting.on("PostgreSQL's programs");
    ctx.engine.provide(&site, &|line| ctx.out.note(line)).await?;
    ctx.waiting.on(format!("the data directory of `{}` to be made", record.name));
    let cluster = Cluster::plain(&record.user, &record.database);
    record.version = Some(ctx.engine.make(&site, &cluster).await?);
    ctx.step("copied");
    ctx.engine.configure(&site, &text).await?;
    ctx.step("configured");
    if leave == Leave::Unproved {
        copy::sync(site.data()).await?;
        record.creation = Creation::Unproved;
        return ctx.store.put(held, &record).map(|()| record);
    }
    // The server boots while its files go to disk; the record says "finished" after both.
    let (synced, secured) = tokio::join!(copy::sync(site.data()), secure(ctx, held, &mut record, BOOT_LIMIT));
    synced.and(secured)?;
    conclude(ctx, held, record, leave).await
}

/// Proves an instance that was left unproved. Its user may have changed its configuration since.
async fn validate(ctx: &Ctx, held: &Held, mut record: Record, leave: Leave) -> Result<Record, Error> {
    ctx.engine.check(&ctx.site(&record)).await?;
    secure(ctx, held, &mut record, BOOT_LIMIT).await?;
    conclude(ctx, held, record, leave).await
}

/// Ends the server of a creation that was interrupted, if there is one.
pub async fn end_interrupted(ctx: &Ctx, record: &Record) -> Result<(), Error> {
    ctx.waiting.on(format!("the interrupted server of `{}` to end", record.name));
    ctx.engine.halt(&ctx.site(record), Halt::Immediate, HALT_LIMIT).await
}

/// Leaves a proved instance as it is wished, and records it as finished.
pub async fn conclude(ctx: &Ctx, held: &Held, mut record: Record, leave: Leave) -> Result<Record, Error> {
    if leave == Leave::Stopped {
        halt(ctx, &ctx.site(&record), Halt::Fast, HALT_LIMIT).await?;
    }
    record.desired = if leave == Leave::Stopped { Desired::Stopped } else { Desired::Running };
    record.creation = if leave == Leave::Unhanded { Creation::Unfinished } else { Creation::Finished };
    ctx.store.put(held, &record)?;
    ctx.step("finished");
    ctx.engine.close_way_in(&ctx.site(&record)).await?;
    Ok(record)
}

/// The first boot, which may take this long: sets the password, and asks a query with it.
pub async fn secure(ctx: &Ctx, held: &Held, record: &mut Record, limit: Duration) -> Result<(), Error> {
    if let Err(not_up) = boot::boot(ctx, held, record, Proof::Owner, limit).await {
        return Err(not_up.into_error(record, limit));
    }
    ctx.step("booted");
    hand_password(ctx, record, limit).await
}

/// Gives a server that lets its superuser in the instance's password, and asks a query with it.
pub async fn hand_password(ctx: &Ctx, record: &Record, limit: Duration) -> Result<(), Error> {
    let target = boot::owner_target(ctx, record, &ctx.site(record)).await?;
    let failed = |why| unconnected(record, why);
    match connect(&target, limit, Box::new(|_| ())).await {
        Ok(session) => set_password(&session, &record.user, &record.password).await.map_err(failed)?,
        // It was set before this was interrupted. Whether it is the right one, the proof tells.
        Err(refusal) if refusal.is_wrong_password() => {}
        Err(refusal) => return Err(failed(refusal.why())),
    }
    ctx.step("secured");
    let proved = boot::wait(ctx, record, limit).await;
    proved.map(drop).map_err(|not_up| not_up.into_error(record, limit))
}

/// An existing instance satisfies what is wanted unless a parameter that was given differs.
fn same(record: Record, wanted: &Wanted) -> Result<Record, Error> {
    let template = wanted.template.as_ref().is_none_or(|it| *it == record.template);
    let port = wanted.port.is_none_or(|it| it == record.port);
    if template && port {
        return Ok(record);
    }
    let differs = format!("template `{}` and port {}", record.template, record.port);
    Err(Error::OtherParameters { name: record.name.to_string(), differs })
}

/// An unfinished instance takes the parameters of whoever finishes it.
fn adapt(ctx: &Ctx, mut record: Record, wanted: &Wanted) -> Result<Record, Error> {
    if let Some(template) = &wanted.template {
        ctx.templates.text(template)?;
        record.template.clone_from(template);
    }
    match wanted.port {
        Some(port) if port != record.port => same(record, wanted),
        Some(_) | None => Ok(record),
    }
}

/// Files without a record are somebody's: whatever they are, nothing is written over them, and a creation that fails
/// would delete them. Data among them has a password that nobody knows.
pub fn refuse_strangers(ctx: &Ctx, name: &Name) -> Result<(), Error> {
    let dir = ctx.store.dir(name);
    let data = dir.join("data");
    // The last one is looked into first: data tells more than the files beside it.
    let mut dirs = vec![dir, data];
    while let Some(path) = dirs.pop() {
        let Some(entries) = absent_is_none(fs::read_dir(&path)).doing("reading", &path)? else { continue };
        if path.join("PG_VERSION").exists() {
            return Err(Error::NotOurs { path, what: "the data of another server".to_owned() });
        }
        for entry in entries {
            let entry = entry.doing("reading", &path)?;
            if !entry.file_type().doing("reading", &entry.path())?.is_dir() {
                return Err(Error::NotOurs { path, what: "files".to_owned() });
            }
            dirs.push(entry.path());
        }
    }
    Ok(())
}

async fn lease(
    ctx: &Ctx,
    held: &Held,
    wanted: &Wanted,
    (engine, container): (Kind, Container),
) -> Result<Record, Error> {
    let settings = &ctx.settings;
    let password = ctx.new_password()?;
    let user = settings.default_user.get()?.clone();
    let database = settings.database.for_creation()?.to_owned();
    record_new(ctx, held, wanted.port, |claim| {
        Record::unfinished(NewRecord {
            claim,
            user,
            database,
            password,
            template: wanted.template.clone().unwrap_or_else(|| templates::DEFAULT.to_owned()),
            engine,
            container,
        })
    })
    .await
}

/// Leases a port, the one that is wanted if one is, and writes the record that claims it.
pub async fn record_new(
    ctx: &Ctx,
    held: &Held,
    wanted: Option<u16>,
    record: impl FnOnce(Claim) -> Record,
) -> Result<Record, Error> {
    let settings = &ctx.settings;
    let _store = ctx.store.hold_all(&ctx.command, &ctx.waiting).await?;
    let count = ctx.store.list()?.len();
    if count >= *settings.max_instances.get()? {
        return Err(Error::TooManyInstances { count });
    }
    let (wish, port_source) = match wanted {
        Some(port) => (Wish::Exactly(port), PortSource::Explicit),
        None => (Wish::Preferably(*settings.default_port.get()?), PortSource::Auto),
    };
    let port = ports::lease(wish, settings.port_range.get()?, &ctx.store.leased()?)?;
    let name = held.name().clone();
    let record = record(Claim { dir: ctx.store.dir(&name), name, port, port_source });
    make_dir(&record.dir, 0o700)?;
    make_dir(&record.dir.join("config"), 0o700)?;
    ctx.store.put(held, &record)?;
    Ok(record)
}

//! Cloning: an instance becomes two, of which the first goes on as if nothing were. Record first, then the copy, then
//! the proof; what an interruption leaves is whole only as a copy, and is cleared away by the next clone of its name.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use crate::context::Ctx;
use crate::engine::copy;
use crate::engine::inert::Setting;
use crate::engine::selection::Selection;
use crate::engine::twin::{Replay, Twin};
use crate::engine::wal::Range;
use crate::engine::{Data, Engine, Kind, Seen, control, major};
use crate::error::{Error, IoContext, absent_is_fine};
use crate::instances::artifacts::Artifact;
use crate::instances::name::Name;
use crate::instances::ports;
use crate::instances::record::{Creation, NewRecord, Record};
use crate::instances::store::Held;
use crate::lifecycle::copying::copied;
use crate::lifecycle::create::{Leave, conclude, halt_failed, record_new, roll_back, secure};
use crate::lifecycle::observe::{Observed, PROBE_LIMIT, observe};
use crate::lifecycle::vacant::{left, taken, vacant};
use crate::lifecycle::{half_cloned, need, session, target};
use crate::pg::hot_copy::HotCopy;
use crate::rules::judge::State;
use crate::wait::aside;

/// How long the server of a clone may take to answer, which first replays all that was written while it was copied.
const REPLAY_LIMIT: Duration = Duration::from_secs(3600);

/// What is wanted of a clone.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The instance that it is a copy of.
    pub source: Name,
    /// Its name.
    pub name: Name,
    /// Its port, where the user chose one.
    pub port: Option<u16>,
}

/// The instance that is cloned.
#[derive(Debug)]
pub(super) struct Source {
    pub record: Record,
    pub engine: Kind,
    pub server: Server,
}

/// Whether a server works on the data that is copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Server {
    Running,
    Stopped,
}

/// Makes the clone and leaves it running.
pub async fn clone(ctx: &Ctx, wanted: &Wanted) -> Result<Record, Error> {
    let source = look(ctx, need(ctx, &wanted.source)?).await?;
    left(ctx, &wanted.name, refuse_used)?;
    if let Some(port) = wanted.port {
        ports::within(port, ctx.settings.port_range.get()?)?;
    }
    let held = vacant(ctx, &wanted.name, refuse_used).await?;
    match make(ctx, &held, wanted, &source, Leave::Running).await {
        Ok(record) => Ok(record),
        Err(err) => Err(roll_back(ctx, &held, &wanted.name, source.engine, err).await),
    }
}

/// Makes a clone that nobody else gets, for whoever holds its name and takes it away again, whatever comes of this.
pub async fn unhanded(ctx: &Ctx, held: &Held, source: &Name) -> Result<Record, Error> {
    let wanted = Wanted { source: source.clone(), name: held.name().clone(), port: None };
    let source = look(ctx, need(ctx, source)?).await?;
    make(ctx, held, &wanted, &source, Leave::Unhanded).await
}

/// Looks at the source, and refuses one that cannot be copied as it is.
pub(super) async fn look(ctx: &Ctx, record: Record) -> Result<Source, Error> {
    if record.creation == Creation::Cloning {
        return Err(half_cloned(&record));
    }
    let Observed { record, seen, health, .. } = observe(ctx, record, PROBE_LIMIT).await?;
    let Seen { kind, data, .. } = seen?;
    let (name, state) = (record.name.to_string(), health.state.word().to_owned());
    let server = match (record.creation, health.state) {
        (Creation::Unfinished | Creation::Unproved | Creation::Cloning, _) => {
            return Err(Error::NotServing {
                name,
                state: "unfinished: it has never answered a query".to_owned(),
            });
        }
        (Creation::Finished, State::Running) => Server::Running,
        (Creation::Finished, State::Stopped) => Server::Stopped,
        (Creation::Finished, State::Crashed) => return Err(Error::NotServing { name, state }),
        (Creation::Finished, State::Missing) => {
            return Err(Error::DataMissing { name, path: ctx.site(&record).data() });
        }
        (
            Creation::Finished,
            State::Starting | State::Recovering | State::Unresponsive | State::Paused | State::Unreachable,
        ) => return Err(Error::Unwell { name, state, why: health.message }),
    };
    let site = ctx.site(&record);
    if data == Data::Closed || is_closed(&site.data()) {
        let why = format!("nobody but its server may read {}", site.data().display());
        let advice = "run this as root, or as the user whose the data is".to_owned();
        return Err(Error::NotCloned { name, why, advice });
    }
    Twin::check(&site)?;
    Ok(Source { record, engine: kind, server })
}

/// Whether we may not look into a folder.
fn is_closed(dir: &Path) -> bool {
    fs::read_dir(dir).is_err_and(|err| err.kind() == io::ErrorKind::PermissionDenied)
}

/// Refuses an instance that is in use. What an interrupted copy left is not.
pub(super) fn refuse_used(record: &Record) -> Result<(), Error> {
    match record.creation {
        Creation::Finished | Creation::Unproved | Creation::Unfinished => {
            Err(taken(format!("instance `{}`", record.name), &record.name))
        }
        Creation::Cloning => Ok(()),
    }
}

async fn make(
    ctx: &Ctx,
    held: &Held,
    wanted: &Wanted,
    source: &Source,
    leave: Leave,
) -> Result<Record, Error> {
    let record = record(ctx, held, wanted, source).await?;
    ctx.step("recorded");
    let site = ctx.site(&record);
    let finished = finish(ctx, held, record, source, leave).await;
    if finished.is_err() {
        halt_failed(ctx, &site).await;
    }
    finished
}

async fn record(ctx: &Ctx, held: &Held, wanted: &Wanted, source: &Source) -> Result<Record, Error> {
    let (of, password) = (&source.record, ctx.new_password()?);
    record_new(ctx, held, wanted.port, |claim| {
        let new = NewRecord {
            claim,
            user: of.user.clone(),
            database: of.database.clone(),
            password,
            template: of.template.clone(),
            engine: source.engine,
            container: of.container.clone(),
        };
        Record::cloning(new, of.name.to_string())
    })
    .await
}

/// Makes a recorded clone whole and proves it.
async fn finish(
    ctx: &Ctx,
    held: &Held,
    mut record: Record,
    source: &Source,
    leave: Leave,
) -> Result<Record, Error> {
    let (site, of) = (ctx.site(&record), &source.record);
    ctx.waiting.on("PostgreSQL's programs");
    ctx.engine.provide(&site, &|line| ctx.out.note(line)).await?;
    let owners = ctx.engine.owners(&ctx.site(of)).await?;
    let twin = Twin { source: ctx.site(of), site: site.clone(), owners };
    let settings = match source.server {
        Server::Running => copy_served(ctx, &twin, of).await?,
        Server::Stopped => copy_shut(ctx, &twin, of).await?,
    };
    ctx.step("copied");
    tell(ctx, &record, &format!("`{}`", of.name), &settings);
    record.version = major(&site.data());
    if let Some(text) = twin.configuration()? {
        ctx.engine.configure(&site, &text).await?;
    }
    hand_over(held, &twin, &record)?;
    ctx.engine.keep_way_in(&site, &of.password).await?;
    ctx.step("configured");
    // The server boots while its files go to disk; the record says "finished" after both.
    let (synced, secured) =
        tokio::join!(copy::sync(site.data()), secure(ctx, held, &mut record, REPLAY_LIMIT));
    synced.and(secured)?;
    conclude(ctx, held, record, leave).await
}

/// Copies the files of a running server, which then make one that replays what was written meanwhile.
async fn copy_served(ctx: &Ctx, twin: &Twin, of: &Record) -> Result<Vec<Setting>, Error> {
    let target = target(of, ctx.settings.maintenance_db.get()?);
    let session = session::open(ctx, of, &target, Box::new(|_| ())).await?;
    ctx.waiting.on(format!("a checkpoint of `{}`", of.name));
    let copy = HotCopy::begin(session).await?;
    ctx.step("begun");
    let copied = copy_files(ctx, twin, Selection::Served, || copy.is_lost()).await;
    if copy.is_lost() {
        let why = "its server went away while it was copied".to_owned();
        let advice = format!("`resource-postgres status {}` tells what became of it", of.name);
        return Err(Error::NotCloned { name: of.name.to_string(), why, advice });
    }
    copied?;
    ctx.step("filled");
    let ended = copy.end().await?;
    if !ended.tablespaces.trim().is_empty() {
        return Err(Twin::has_tablespaces(&twin.source));
    }
    let replay = Replay { label: ended.label, wal: Range { first: ended.first, last: ended.last } };
    // Until its WAL is copied, the source keeps it.
    let completed = complete(twin, Some(replay)).await;
    drop(copy);
    completed
}

/// Copies the files of a stopped server, which nobody can start meanwhile.
async fn copy_shut(ctx: &Ctx, twin: &Twin, of: &Record) -> Result<Vec<Setting>, Error> {
    let held = ctx.store.hold(&of.name, &ctx.command, &ctx.waiting).await?;
    if look(ctx, need(ctx, &of.name)?).await?.server == Server::Running {
        let (name, why) = (of.name.to_string(), "it was started just now".to_owned());
        return Err(Error::NotCloned { name, why, advice: "clone it again".to_owned() });
    }
    copy_files(ctx, twin, Selection::Shut, || false).await?;
    ctx.step("filled");
    let completed = complete(twin, None).await;
    drop(held);
    completed
}

/// Copies all but WAL, for as long as that makes sense.
async fn copy_files(
    ctx: &Ctx,
    twin: &Twin,
    selection: Selection,
    is_lost: impl Fn() -> bool,
) -> Result<(), Error> {
    ctx.waiting.on(format!("the files of `{}` to be copied", twin.source.name));
    let twin = twin.clone();
    copied(ctx, move |tally| twin.copy(selection, tally), is_lost).await
}

async fn complete(twin: &Twin, replay: Option<Replay>) -> Result<Vec<Setting>, Error> {
    let twin = twin.clone();
    aside(move || twin.complete(replay.as_ref())).await
}

/// Says which settings are kept from acting in a copy `of` another instance.
pub(super) fn tell(ctx: &Ctx, record: &Record, of: &str, settings: &[Setting]) {
    for Setting { name, value } in settings {
        ctx.out
            .note(&format!("{name} is '{value}' in `{}`, which must not act where {of} does", record.name));
    }
}

/// Copies what the instance's folder holds beside data: stored content, which its data has as much as the source's, and
/// the passwords of users, which are the same.
pub(super) fn hand_over(held: &Held, twin: &Twin, record: &Record) -> Result<(), Error> {
    for folder in ["content", "config/users"] {
        let (from, to) = (twin.source.dir.join(folder), twin.site.dir.join(folder));
        if from.is_dir() {
            absent_is_fine(fs::remove_dir(&to)).doing("making way in", &to)?;
            copy::copy(&from, &to, &twin.owners.around)?;
        }
    }
    let identifiers = [&twin.source, &twin.site].map(|it| control::identifier(&it.data()).ok());
    let [Some(old), Some(new)] = identifiers else { return Ok(()) };
    for artifact in Artifact::list(&record.dir)? {
        // What cannot be read is as damaged as it was.
        if let Ok(Some(meta)) = artifact.known() {
            artifact.record(held, &meta.moved(old, new))?;
        }
    }
    Ok(())
}

//! Upgrading: an instance of a later major version is made beside the old one, with all that this has. Until it is
//! confirmed, the old one stays as it is; what an interruption leaves is cleared away by the next upgrade of the same.

use crate::context::Ctx;
use crate::engine::twin::Twin;
use crate::engine::{Cluster, Container, Engine, Halt, Kind, Process, control, copy, major};
use crate::error::{Error, IoContext};
use crate::instances::artifacts::Artifact;
use crate::instances::name::Name;
use crate::instances::ports;
use crate::instances::record::{Creation, Desired, NewRecord, Record};
use crate::instances::store::Held;
use crate::lifecycle::boot::{self, Proof};
use crate::lifecycle::clone::{self, Server, Source, hand_over, refuse_used, tell};
use crate::lifecycle::create::{BOOT_LIMIT, HALT_LIMIT, Leave, conclude, of_nothing, record_new, secure};
use crate::lifecycle::places::places;
use crate::lifecycle::session::{self, open_unasked, unconnected};
use crate::lifecycle::vacant::{abandoned, discard, left, vacant};
use crate::lifecycle::{halt, need, target};
use crate::pg::admin::{execute, facts, values};
use crate::pg::connect::Session;
use crate::pg::databases;

pub mod confirm;
mod dump;
mod files;

/// How what an instance is recorded as a copy of begins, which is to take another's place.
const OF_UPGRADE: &str = "upgrade:";

/// How what an instance has comes into its successor
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Method {
    /// Each database is written and read again, by pg_dump and pg_restore
    Dump,
    /// Files are copied, by pg_upgrade, for which the server is stopped; not in containers
    #[value(name = "pg_upgrade")]
    PgUpgrade,
}

/// What is wanted of an upgrade.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The instance that is upgraded.
    pub source: Name,
    /// The major version that its successor is to be of.
    pub to: u32,
    /// How it gets what the instance has.
    pub method: Method,
    /// The successor's name until it is confirmed.
    pub name: Name,
    /// Its port until then, where the user chose one.
    pub port: Option<u16>,
    /// How many tables or files are worked on at once.
    pub jobs: u32,
    /// The image of its container, where the user named one.
    pub image: Option<String>,
}

/// An upgrade that nothing is known to speak against.
#[derive(Debug)]
pub struct Upgrade {
    wanted: Wanted,
    old: Record,
    engine: Kind,
    major: u32,
    identifier: u64,
    was: Desired,
    container: Container,
}

/// The instance whose place another is to take: `upgrade:NAME/MAJOR/IDENTIFIER` in a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Predecessor {
    /// Its name.
    pub name: Name,
    /// Its major version.
    pub major: u32,
    /// What tells its data from that of any other instance that may have its name one day.
    pub identifier: u64,
}

impl Predecessor {
    /// That of a recorded instance, if it has one.
    pub fn of(record: &Record) -> Option<Self> {
        let mut words = record.clone_of.as_deref()?.strip_prefix(OF_UPGRADE)?.split('/');
        let (name, major, identifier) = (words.next()?, words.next()?, words.next()?);
        Some(Self {
            name: name.parse().ok()?,
            major: major.parse().ok()?,
            identifier: identifier.parse().ok()?,
        })
    }

    fn recorded(&self) -> String {
        format!("{OF_UPGRADE}{}/{}/{}", self.name, self.major, self.identifier)
    }
}

impl Upgrade {
    /// The instance, as it is recorded.
    pub fn old(&self) -> &Record {
        &self.old
    }

    /// The major version that it is of.
    pub fn major(&self) -> u32 {
        self.major
    }

    /// Whether its server has to be stopped for a while.
    pub fn interrupts(&self) -> bool {
        self.wanted.method == Method::PgUpgrade && self.was == Desired::Running
    }

    fn refused(&self, why: String, advice: &str) -> Error {
        Error::NotUpgraded { name: self.old.name.to_string(), why, advice: advice.to_owned() }
    }
}

/// Looks at the instance and at what its successor needs. Of interrupted upgrades of it nothing is left afterwards.
pub async fn prepare(ctx: &Ctx, wanted: Wanted) -> Result<Upgrade, Error> {
    let record = need(ctx, &wanted.source)?;
    left(ctx, &wanted.name, refuse_used)?;
    if let Some(port) = wanted.port {
        ports::within(port, ctx.settings.port_range.get()?)?;
    }
    let site = ctx.engine.settle(ctx.site(&record)).await?;
    let old_major = major(&site.data()).or(record.version).unwrap_or_default();
    refuse_versions(&record, old_major, wanted.to)?;
    if site.kind == Some(Kind::Docker) && wanted.method == Method::PgUpgrade {
        let why = "an image holds the programs of one major version, and pg_upgrade needs two".to_owned();
        let advice = "`--method dump` works in containers too".to_owned();
        return Err(Error::NotUpgraded { name: record.name.to_string(), why, advice });
    }
    ctx.waiting.on(format!("PostgreSQL {}", wanted.to));
    let say = |line: &str| ctx.out.note(line);
    let versions = (old_major, wanted.to);
    let container = ctx.engine.successor(&site, versions, wanted.image.as_deref(), &say).await?;
    tidy(ctx, &wanted.source).await?;
    let Source { record: old, engine, server } =
        clone::look(ctx, need(ctx, &wanted.source)?).await.map_err(not_upgraded)?;
    let was = match server {
        Server::Running => Desired::Running,
        Server::Stopped => Desired::Stopped,
    };
    let data = site.data();
    let identifier = control::identifier(&data).doing("reading", &data)?;
    Ok(Upgrade { wanted, old, engine, major: old_major, identifier, was, container })
}

fn refuse_versions(record: &Record, old: u32, new: u32) -> Result<(), Error> {
    let why = match old.cmp(&new) {
        std::cmp::Ordering::Less => return Ok(()),
        std::cmp::Ordering::Equal => format!("it is of PostgreSQL {old} already"),
        std::cmp::Ordering::Greater => {
            format!("it is of PostgreSQL {old}, and there is no way back to {new}")
        }
    };
    let advice = "`--to` names a later major version".to_owned();
    Err(Error::NotUpgraded { name: record.name.to_string(), why, advice })
}

/// What cannot be cloned cannot be upgraded either, for the same reasons.
fn not_upgraded(err: Error) -> Error {
    match err {
        Error::NotCloned { name, why, advice } => Error::NotUpgraded { name, why, advice },
        err => err,
    }
}

/// How many sessions others have in an instance that runs.
pub async fn sessions(ctx: &Ctx, record: &Record) -> Result<u32, Error> {
    let session = session::administer(ctx, record, None).await?;
    let facts = facts(&session).await.map_err(|why| unconnected(record, why));
    Ok(facts?.connections.saturating_sub(1))
}

/// Makes the successor and leaves it running.
pub async fn carry_out(ctx: &Ctx, upgrade: &Upgrade) -> Result<Record, Error> {
    let name = &upgrade.wanted.name;
    let held = vacant(ctx, name, refuse_used).await?;
    let made = make(ctx, &held, upgrade).await;
    drop(held);
    match made {
        Ok(record) => Ok(record),
        Err(err) => {
            if let Err(also) = tidy(ctx, &upgrade.old.name).await {
                ctx.out.note(&format!("clearing up after `{name}`: {}", also.line()));
            }
            Err(failed(upgrade, err))
        }
    }
}

/// The error of an upgrade of which nothing is left.
fn failed(upgrade: &Upgrade, err: Error) -> Error {
    match err {
        Error::Program { program, said } if !said.contains("No space left") => upgrade.refused(
            format!("{program}: {said}"),
            "it is as it was; change or drop what is said, and upgrade again",
        ),
        err => of_nothing(&upgrade.wanted.name, err),
    }
}

/// Takes away what upgrades of an instance have left that did not come to their end, and leaves itself as they found it.
pub async fn tidy(ctx: &Ctx, source: &Name) -> Result<(), Error> {
    let is_left = |it: &Record| {
        it.creation == Creation::Cloning && Predecessor::of(it).is_some_and(|it| it.name == *source)
    };
    for (held, record) in abandoned(ctx, is_left).await? {
        if ctx.store.find(source)?.is_none() {
            discard(ctx, &held, &record).await?;
            continue;
        }
        let of_source = ctx.store.hold(source, &ctx.command, &ctx.waiting).await?;
        // What fills the successor goes first: while it lives, what it has started is not left by anybody.
        for site in [ctx.site(&record), ctx.site(&need(ctx, source)?)] {
            ctx.engine.sweep(&site).await?;
        }
        discard(ctx, &held, &record).await?;
        settle(ctx, &of_source, source, record.desired).await?;
    }
    Ok(())
}

/// Starts or stops an instance's server as it is to be, whatever its user wishes of it.
async fn settle(ctx: &Ctx, held: &Held, name: &Name, to_be: Desired) -> Result<(), Error> {
    let mut record = need(ctx, name)?;
    match (to_be, found(ctx, name).await?) {
        (Desired::Running, Desired::Stopped) => {
            let up = boot::boot(ctx, held, &mut record, Proof::Query, BOOT_LIMIT).await;
            up.map_err(|not_up| not_up.into_error(&record, BOOT_LIMIT))
        }
        (Desired::Stopped, Desired::Running) => halt(ctx, &ctx.site(&record), Halt::Fast, HALT_LIMIT).await,
        (Desired::Running, Desired::Running) | (Desired::Stopped, Desired::Stopped) => Ok(()),
    }
}

async fn make(ctx: &Ctx, held: &Held, upgrade: &Upgrade) -> Result<Record, Error> {
    let mut record = record(ctx, held, upgrade).await?;
    ctx.step("upgrade-recorded");
    let twin = match upgrade.wanted.method {
        Method::Dump => dump::fill(ctx, held, upgrade, &mut record).await?,
        Method::PgUpgrade => files::fill(ctx, held, upgrade, &mut record).await?,
    };
    furnish(ctx, held, upgrade, &record, &twin).await?;
    ctx.step("upgrade-furnished");
    copy::sync(ctx.site(&record).data()).await?;
    conclude(ctx, held, record, Leave::Running).await
}

async fn record(ctx: &Ctx, held: &Held, upgrade: &Upgrade) -> Result<Record, Error> {
    let Upgrade { wanted, old, major, identifier, was, .. } = upgrade;
    let predecessor = Predecessor { name: old.name.clone(), major: *major, identifier: *identifier };
    record_new(ctx, held, wanted.port, |claim| {
        let new = NewRecord {
            claim,
            user: old.user.clone(),
            database: old.database.clone(),
            // It is to take the old one's place.
            password: old.password.clone(),
            template: old.template.clone(),
            engine: upgrade.engine,
            container: upgrade.container.clone(),
        };
        let mut record = Record::cloning(new, predecessor.recorded());
        // Until it is whole this says how the old one was found: whoever clears up has to know.
        record.desired = *was;
        record
    })
    .await
}

/// Makes the successor's data as initdb leaves it, with the old one's configuration, which the new version must take.
async fn begin(ctx: &Ctx, upgrade: &Upgrade, record: &mut Record, form: Vec<String>) -> Result<Twin, Error> {
    let (site, old) = (ctx.site(record), &upgrade.old);
    ctx.waiting.on(format!("the data directory of `{}` to be made", record.name));
    let plain = Cluster::plain(&old.user, ctx.settings.maintenance_db.get()?);
    let cluster = Cluster { major: Some(upgrade.wanted.to), form, ..plain };
    record.version = Some(ctx.engine.make(&site, &cluster).await?);
    ctx.step("upgrade-made");
    let owners = ctx.engine.owners(&site).await?;
    let twin = Twin { source: ctx.site(old), site: site.clone(), owners };
    if let Some(text) = twin.configuration()? {
        ctx.engine.configure(&site, &text).await?;
    }
    tell(ctx, record, &format!("`{}`", old.name), &twin.carry_settings()?);
    ctx.engine.check(&site).await.map_err(|err| unknown_to(upgrade, &twin, err))?;
    ctx.step("upgrade-configured");
    Ok(twin)
}

/// The error of a configuration that the new version does not take, with the old one's files in it.
fn unknown_to(upgrade: &Upgrade, twin: &Twin, err: Error) -> Error {
    let Error::BadConfiguration { said, .. } = err else { return err };
    let [old, new] = [&twin.source, &twin.site].map(|it| it.dir.display().to_string());
    let why = format!(
        "PostgreSQL {} does not take its configuration: {}",
        upgrade.wanted.to,
        said.replace(&new, &old)
    );
    upgrade.refused(
        why,
        "change that setting or take it out (`ALTER SYSTEM RESET` where it was set so), and upgrade again",
    )
}

/// The first boot of the successor, in which its superuser gets the old one's password.
async fn raise(ctx: &Ctx, held: &Held, record: &mut Record) -> Result<(), Error> {
    // The server boots while its files go to disk.
    let (synced, secured) =
        tokio::join!(copy::sync(ctx.site(record).data()), secure(ctx, held, record, BOOT_LIMIT));
    synced.and(secured)
}

/// Holds the old instance and starts its server where it does not run.
async fn serve(ctx: &Ctx, upgrade: &Upgrade) -> Result<Option<Held>, Error> {
    match upgrade.was {
        Desired::Running => Ok(None),
        Desired::Stopped => {
            let held = hold(ctx, upgrade).await?;
            settle(ctx, &held, &upgrade.old.name, Desired::Running).await?;
            Ok(Some(held))
        }
    }
}

/// Holds the old instance, unless somebody has started or stopped it since it was looked at.
async fn hold(ctx: &Ctx, upgrade: &Upgrade) -> Result<Held, Error> {
    let held = ctx.store.hold(&upgrade.old.name, &ctx.command, &ctx.waiting).await?;
    match found(ctx, &upgrade.old.name).await? == upgrade.was {
        true => Ok(held),
        false => Err(upgrade.refused("it was started or stopped just now".to_owned(), "upgrade it again")),
    }
}

/// Whether an instance has a server, as somebody would have to wish for to have it so.
async fn found(ctx: &Ctx, name: &Name) -> Result<Desired, Error> {
    Ok(match ctx.engine.observe(&ctx.site(&need(ctx, name)?)).await?.process {
        Process::None => Desired::Stopped,
        Process::Alive { .. } | Process::Paused => Desired::Running,
    })
}

/// Refuses an instance with databases that no method can read, and one that does not fit beside itself so often.
async fn refuse_unreadable(ctx: &Ctx, upgrade: &Upgrade, session: &Session, times: u64) -> Result<(), Error> {
    if let Some(name) = databases::closed(session).await?.into_iter().next() {
        let why = format!("nobody can connect to its database `{name}`");
        return Err(upgrade.refused(why, "`ALTER DATABASE ... ALLOW_CONNECTIONS true` opens it; or drop it"));
    }
    let sql = "SELECT sum(pg_catalog.pg_database_size(oid)) FROM pg_catalog.pg_database";
    let sizes = values(session, "asking for sizes", sql).await?;
    let bytes: u64 = sizes.first().and_then(|it| it.parse().ok()).unwrap_or_default();
    copy::refuse_beyond_free(ctx.store.root(), bytes.saturating_mul(times))
}

/// Gives the successor what else the old one has: statistics, who may come in, stored content, and users' passwords.
async fn furnish(
    ctx: &Ctx,
    held: &Held,
    upgrade: &Upgrade,
    record: &Record,
    twin: &Twin,
) -> Result<(), Error> {
    let session = open_unasked(record, &target(record, ctx.settings.maintenance_db.get()?)).await?;
    for name in databases::names(&session).await? {
        ctx.waiting.on(format!("database `{name}` to be analyzed"));
        let session = open_unasked(record, &target(record, &name)).await?;
        execute(&session, &format!("analyzing database `{name}`"), "SET statement_timeout = 0; ANALYZE")
            .await?;
    }
    twin.carry_access()?;
    let wrong = "SELECT pg_catalog.format('%s in line %s of pg_hba.conf', error, line_number) \
                 FROM pg_catalog.pg_hba_file_rules WHERE error IS NOT NULL";
    if let Some(why) = values(&session, "reading pg_hba.conf", wrong).await?.into_iter().next() {
        let why = format!("PostgreSQL {} does not take who may come in: {why}", upgrade.wanted.to);
        return Err(upgrade.refused(why, "change that line, and upgrade again"));
    }
    execute(&session, "reading pg_hba.conf", "SELECT pg_catalog.pg_reload_conf()").await?;
    hand_over(held, twin, record)?;
    let all = places(&session).await?.all;
    for artifact in Artifact::list(&record.dir)? {
        // What cannot be read is as damaged as it was.
        if let Ok(Some(meta)) = artifact.known() {
            artifact.record(held, &meta.renumbered(&all))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn a_predecessor_is_read_back_as_it_was_recorded() {
        let it = Predecessor { name: Name::main(), major: 15, identifier: u64::MAX };
        let of = |text: &str| {
            let text = format!("port=\"1\"\npassword=\"x\"\nclone_of=\"{text}\"\n");
            Predecessor::of(&Record::parse(&Name::main(), Path::new("/"), &text).unwrap())
        };
        assert_eq!(of(&it.recorded()), Some(it));
        for other in ["", "main", "upgrade:main", "upgrade:main/15", "upgrade:../15/1", "backup:main/15/1"] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}

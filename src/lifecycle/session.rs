//! A session with an instance's own server, for commands that run SQL.

use std::time::Duration;

use crate::context::Ctx;
use crate::engine::{Engine, Process, control};
use crate::error::Error;
use crate::instances::name::Name;
use crate::instances::record::{Creation, Record, file_in};
use crate::lifecycle::observe::{FAST_PROBE_LIMIT, Observed, observe};
use crate::lifecycle::{half_cloned, target};
use crate::pg::connect::{OnNotice, Refusal, Session, Target, connect};
use crate::pg::{admin, databases};
use crate::rules::limits::limit;
use crate::rules::nearest::nearest;

/// How long the server may take to accept a connection.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// How long a server may take to say which databases it has, where that is only worth a hint.
const HINT_LIMIT: Duration = Duration::from_secs(2);
/// SQLSTATE of a database that does not exist.
const NO_DATABASE: &str = "3D000";
/// SQLSTATEs of a role that does not exist, may not log in, or has another password.
const NO_ENTRY: [&str; 2] = ["28000", "28P01"];

/// Connects to the instance's server and to none that merely has its port. Errors say what state the instance is in.
pub async fn open(
    ctx: &Ctx,
    record: &Record,
    target: &Target,
    on_notice: OnNotice,
) -> Result<Session, Error> {
    if record.creation == Creation::Unfinished {
        // What is written to it would be gone when the next command makes it anew.
        let state = "unfinished: its creation was interrupted, or is still going on".to_owned();
        return Err(Error::NotServing { name: record.name.to_string(), state });
    }
    if record.creation == Creation::Cloning {
        return Err(half_cloned(record));
    }
    ctx.waiting.on(format!("`{}` to accept a connection", record.name));
    let session = match connect(target, CONNECT_LIMIT, on_notice).await {
        Ok(session) => session,
        Err(refusal) => return Err(refused(ctx, record, &target.database, &refusal).await),
    };
    own(ctx, record, &session).await?;
    Ok(session)
}

/// Connects for administrative work: to `database`, or where that is done. The server ends a statement a little before
/// the command would run out of its time.
pub async fn administer(ctx: &Ctx, record: &Record, database: Option<&str>) -> Result<Session, Error> {
    let database = match database {
        Some(database) => database,
        None => ctx.settings.maintenance_db.get()?,
    };
    let mut target = target(record, database);
    target.statement_timeout = Some(limit(&ctx.command).saturating_sub(Duration::from_secs(2)));
    open(ctx, record, &target, Box::new(|_| ())).await
}

/// Connects to the server of an instance that is nobody's yet, or that was found to be the instance's own already.
pub async fn open_unasked(record: &Record, target: &Target) -> Result<Session, Error> {
    let connected = connect(target, CONNECT_LIMIT, Box::new(|_| ())).await;
    connected.map_err(|refusal| unconnected(record, refusal.why()))
}

/// The error that an instance's server does not let us in, or does not answer.
pub fn unconnected(record: &Record, why: String) -> Error {
    Error::Connection { target: format!("`{}`", record.name), why, advice: None }
}

/// Refuses a stranger's server that has the instance's port, whatever passwords it takes. Where only the server may look
/// into the data directory, it is enough that the instance's server lives.
async fn own(ctx: &Ctx, record: &Record, session: &Session) -> Result<(), Error> {
    let is_own = match control::identifier(&ctx.site(record).data()) {
        Ok(identifier) => admin::identifier(session).await.is_none_or(|it| it == identifier),
        Err(_) => ctx.engine.observe(&ctx.site(record)).await?.process != Process::None,
    };
    let other = || Error::OtherServer { name: record.name.to_string(), port: record.port };
    is_own.then_some(()).ok_or_else(other)
}

/// Why there was no connection: the instance's state says more than a refused socket.
async fn refused(ctx: &Ctx, record: &Record, database: &str, refusal: &Refusal) -> Error {
    if refusal.code().is_none()
        && let Ok(seen) = observe(ctx, record.clone(), FAST_PROBE_LIMIT).await
        && !seen.health.healthy
    {
        return not_serving(seen);
    }
    let code = refusal.code().map(|it| it.code());
    Error::Connection {
        target: format!("database `{database}` of instance `{}`", record.name),
        why: refusal.told(),
        advice: match code {
            Some(NO_DATABASE) => known_databases(ctx, record, database).await,
            Some(code) if NO_ENTRY.contains(&code) => Some(other_password(record)),
            Some(_) | None => None,
        },
    }
}

/// The database that was meant, or all that there are. Nothing where the server does not say: a hint is not worth an
/// error, nor a stranger's answer.
async fn known_databases(ctx: &Ctx, record: &Record, wanted: &str) -> Option<String> {
    let target = target(record, ctx.settings.maintenance_db.get().ok()?);
    let session = connect(&target, HINT_LIMIT, Box::new(|_| ())).await.ok()?;
    own(ctx, record, &session).await.ok()?;
    let known = databases::names(&session).await.ok()?;
    if let Ok(name) = wanted.parse::<Name>()
        && let Ok(Some(_)) = ctx.store.find(&name)
    {
        return Some(format!("`{name}` is an instance, which `--instance {name}` names"));
    }
    Some(match nearest(wanted, &known) {
        Some(name) => format!("there is a database `{name}`"),
        None => format!("there are: {}; `content create-database` makes another", known.join(", ")),
    })
}

fn other_password(record: &Record) -> String {
    format!(
        "{} says how `{}` logs in, and the server knows it otherwise: set that password anew, or correct the file",
        file_in(&record.dir).display(),
        record.user
    )
}

fn not_serving(it: Observed) -> Error {
    let (name, state) = (it.record.name.to_string(), it.health.state.word().to_owned());
    match (it.seen, it.health.state.is_alive()) {
        (Err(err), _) => err,
        (Ok(_), true) => Error::Unwell { name, state, why: it.health.message },
        (Ok(_), false) => Error::NotServing { name, state },
    }
}

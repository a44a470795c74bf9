//! Booting: starting a server and proving it by a query, on another port if a stranger took its own.

use std::path::Path;
use std::time::Duration;

use tokio::time::Instant;

use crate::context::Ctx;
use crate::engine::{Booting, Death, Engine, Process, Seen, Site, WayIn, control};
use crate::error::{Error, IoContext};
use crate::instances::ports::{self, Wish};
use crate::instances::record::{PortSource, Record, file_in};
use crate::instances::store::Held;
use crate::lifecycle::target;
use crate::pg::connect::{At, Refusal, Target, connect};
use crate::pg::probe::{Answer, Probe, probe};
use crate::rules::judge::stranger;
use crate::wait::{Late, Look, until};

/// Between two looks at a server that comes up.
const PAUSE: Duration = Duration::from_millis(4);
/// How long one look may take: a server that comes up answers at once or not yet.
const LOOK_LIMIT: Duration = Duration::from_secs(2);
/// How often a boot is tried again where the reason will pass.
const TRIES: usize = 20;

/// Why a server that was started is not up.
#[derive(Debug)]
pub enum NotUp {
    /// It ended.
    Died(Death),
    /// It lives and has not answered yet, and why.
    NotYet(String),
    /// It could not be started or watched.
    Failed(Error),
}

/// How a server on its way up is proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// By a query over TCP with the instance's own credentials.
    Query,
    /// By a connection of its owner's: a new instance does not know its password yet.
    Owner,
    /// By its own word that it accepts connections: nobody knows a password of it.
    Word,
}

/// Starts the server and proves it within `limit`. A port that was lost is replaced and recorded if the lease may
/// do that. The record is changed and written accordingly.
pub async fn boot(
    ctx: &Ctx,
    held: &Held,
    record: &mut Record,
    proof: Proof,
    limit: Duration,
) -> Result<(), NotUp> {
    let deadline = Instant::now() + limit;
    for _ in 0..TRIES {
        if !ports::bindable(record.port) {
            move_port(ctx, held, record).await.map_err(NotUp::Failed)?;
        }
        let left = deadline.saturating_duration_since(Instant::now());
        match boot_once(ctx, record, proof, left).await {
            Err(NotUp::Died(Death::PortTaken)) => {
                move_port(ctx, held, record).await.map_err(NotUp::Failed)?
            }
            Err(NotUp::Died(Death::Leftovers)) => tokio::time::sleep(Duration::from_millis(50)).await,
            end => return end,
        }
    }
    Err(NotUp::Died(Death::Leftovers))
}

async fn boot_once(ctx: &Ctx, record: &Record, proof: Proof, limit: Duration) -> Result<(), NotUp> {
    let site = ctx.site(record);
    let mut server = ctx.engine.boot(&site).await.map_err(NotUp::Failed)?;
    ctx.step("spawned");
    let data = ctx.engine.data_directory(&site).await.map_err(NotUp::Failed)?;
    ctx.waiting.on(format!("the server of `{}` to answer on port {}", record.name, record.port));
    let look = async || {
        match server.died().await.doing("reading what is left of", &site.dir) {
            Ok(Some(death)) => return Look::Never(NotUp::Died(death)),
            Err(err) => return Look::Never(NotUp::Failed(err)),
            Ok(None) if !server.accepts() => {
                return Look::NotYet("its server does not accept connections yet".to_owned());
            }
            Ok(None) => {}
        }
        prove(ctx, record, &site, &data, proof).await.map_never(NotUp::Failed)
    };
    until(limit, PAUSE, look).await.map_err(not_up)
}

fn not_up(late: Late<NotUp>) -> NotUp {
    match late {
        Late::Never(end) => end,
        Late::TimedOut { last, .. } => NotUp::NotYet(last),
    }
}

async fn prove(ctx: &Ctx, record: &Record, site: &Site, data: &Path, proof: Proof) -> Look<(), Error> {
    match proof {
        Proof::Word => Look::Ready(()),
        Proof::Query => look(ctx, record, data).await.map(drop),
        Proof::Owner => {
            let target = match owner_target(ctx, record, site).await {
                Ok(target) => target,
                Err(err) => return Look::Never(err),
            };
            match connect(&target, LOOK_LIMIT, Box::new(|_| ())).await {
                Ok(_) => Look::Ready(()),
                // It has the instance's password already.
                Err(refusal) if refusal.is_wrong_password() => look(ctx, record, data).await.map(drop),
                Err(Refusal::Server(said)) => refused(record, said.code().code(), said.message()),
                Err(refusal) => Look::NotYet(refusal.why()),
            }
        }
    }
}

/// The superuser of a server that does not know the instance's password yet.
pub async fn owner_target(ctx: &Ctx, record: &Record, site: &Site) -> Result<Target, Error> {
    let target = target(record, ctx.settings.maintenance_db.get()?);
    Ok(match ctx.engine.way_in(site).await? {
        WayIn::Socket(dir) => Target { at: At::Socket(dir, record.port), password: None, ..target },
        WayIn::Password(password) => Target { password: Some(password), ..target },
    })
}

/// Waits for a server that comes up by itself, and hands on what it answers.
pub async fn wait(ctx: &Ctx, record: &Record, limit: Duration) -> Result<Answer, NotUp> {
    ctx.waiting.on(format!("the server of `{}` to answer on port {}", record.name, record.port));
    let site = ctx.site(record);
    let data = ctx.engine.data_directory(&site).await.map_err(NotUp::Failed)?;
    let look = async || match look(ctx, record, &data).await.map_never(NotUp::Failed) {
        Look::NotYet(why) => match ctx.engine.observe(&site).await {
            Ok(Seen { process: Process::None, .. }) => {
                Look::Never(NotUp::Died(Death::Other("its process is gone".to_owned())))
            }
            Ok(_) => Look::NotYet(why),
            Err(err) => Look::Never(NotUp::Failed(err)),
        },
        look => look,
    };
    until(limit, Duration::from_millis(50), look).await.map_err(not_up)
}

/// What the instance's own server answers to a query.
async fn look(ctx: &Ctx, record: &Record, data: &Path) -> Look<Answer, Error> {
    let identifier = control::identifier(&ctx.site(record).data()).ok();
    let maintenance_db = match ctx.settings.maintenance_db.get() {
        Ok(name) => name,
        Err(err) => return Look::Never(err),
    };
    match probe(&target(record, maintenance_db), LOOK_LIMIT).await {
        Probe::Answered(it) => match stranger(data, identifier, &it) {
            Some(stranger) => Look::NotYet(stranger),
            None => Look::Ready(it),
        },
        Probe::ComingUp(why) | Probe::Silent(why) => Look::NotYet(why),
        Probe::Refused { code, message } => refused(record, &code, &message),
        Probe::NotListening => Look::NotYet("nobody listens on its port yet".to_owned()),
    }
}

/// A server that knows neither our password nor our database will not come to know them by waiting.
fn refused<T>(record: &Record, code: &str, message: &str) -> Look<T, Error> {
    let why = format!("{message} (SQLSTATE {code})");
    let advice = match code.get(..2) {
        Some("28") => format!("set the server's password in {}", file_in(&record.dir).display()),
        Some("3D") => "name a database that exists in POSTGRES_MAINTENANCE_DB".to_owned(),
        Some(_) | None => return Look::NotYet(why),
    };
    Look::Never(Error::Connection { target: format!("`{}`", record.name), why, advice: Some(advice) })
}

async fn move_port(ctx: &Ctx, held: &Held, record: &mut Record) -> Result<(), Error> {
    let lost = record.port;
    let owner = ports::owner(lost);
    match record.port_source {
        PortSource::Explicit => return Err(Error::PortTaken { port: lost, owner }),
        PortSource::Auto => {}
    }
    let _store = ctx.store.hold_all(&ctx.command, &ctx.waiting).await?;
    let wish = Wish::Preferably(*ctx.settings.default_port.get()?);
    record.port = ports::lease(wish, ctx.settings.port_range.get()?, &ctx.store.leased()?)?;
    ctx.store.put(held, record)?;
    ctx.out.note(&format!(
        "port {lost} of `{}` is taken by {owner}: it moves to port {}",
        record.name, record.port
    ));
    Ok(())
}

impl NotUp {
    /// The error for the user.
    pub fn into_error(self, record: &Record, waited: Duration) -> Error {
        let name = record.name.to_string();
        match self {
            Self::Failed(err) => err,
            Self::NotYet(last) => Error::NotReady { name, waited, last },
            Self::Died(Death::PortTaken) => {
                Error::PortTaken { port: record.port, owner: ports::owner(record.port) }
            }
            Self::Died(Death::Leftovers) => {
                Error::DiedAtStart { name, said: "processes of its predecessor still live".to_owned() }
            }
            Self::Died(Death::Misconfigured(said)) => Error::BadConfiguration { name, said },
            Self::Died(Death::Other(said)) => Error::DiedAtStart { name, said },
        }
    }
}

//! Migrating a database: one session that has the lock, and in it one script after another, each with its record.
//!
//! - `mod`: what is wanted, the session, and looking.
//! - `up`, `down`, `redo`: there and back.
//! - `whole`: a script in one transaction with its record.
//! - `stepwise`: a script that no transaction may hold together, with a record of how far it is.
//! - `plan`: what would happen.
//! - `verify`: whether what is applied does what it should.
//! - `amend`: changing records alone.

pub mod amend;
pub mod down;
pub mod plan;
pub mod redo;
mod stepwise;
pub mod up;
pub mod verify;
mod whole;

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::Instant;

use crate::context::Ctx;
use crate::error::Error;
use crate::instances::record::Record;
use crate::lifecycle::{session, target, unless_interrupted};
use crate::pg::connect::{APPLICATION_NAME, Session};
use crate::pg::migrations::Scope;
use crate::pg::migrations::history::{self, Action, Attempt, History, Tables};
use crate::pg::migrations::lock::{Holder, Taken, take};
use crate::pg::query::{Failure, run};
use crate::pg::render::settings::Settings;
use crate::pg::run::{Link, Passwords, Place, Runner, Screen, Shell, Variables};
use crate::pg::script::Source;
use crate::rules::drift::Refusal;
use crate::wait::NO_LIMIT;

/// What is to be migrated, and by what.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The instance.
    pub record: Record,
    /// The database.
    pub database: String,
    /// The folder of the migrations.
    pub dir: PathBuf,
    /// The history that they belong to.
    pub scope: Scope,
    /// How long somebody else may take who migrates it too.
    pub lock_wait: Duration,
    /// Whose the instance is.
    pub server: Server,
}

/// Whose an instance is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    /// The user's.
    Users,
    /// Ours, for this once.
    Throwaway,
}

impl Wanted {
    /// The error that a person has to decide something first.
    fn refused(&self, Refusal { why, advice }: Refusal) -> Error {
        Error::NotMigrated { what: format!("the migrations in {}", self.dir.display()), why, advice }
    }

    fn place(&self) -> String {
        format!("database `{}` of `{}`", self.database, self.record.name)
    }
}

/// A session that has the lock.
#[derive(Debug)]
pub struct Work<'a> {
    ctx: &'a Ctx,
    wanted: &'a Wanted,
    place: Place,
    runner: Runner,
}

/// What the database has recorded, for those who only look. Nothing is locked or made.
pub async fn look(ctx: &Ctx, wanted: &Wanted) -> Result<History, Error> {
    let session = open(ctx, wanted, &Place::default()).await?;
    recorded(&session, &wanted.scope).await
}

async fn recorded(session: &Session, scope: &Scope) -> Result<History, Error> {
    match history::find(session).await? {
        Some(tables) => tables.read(session, scope).await,
        None => Ok(History::default()),
    }
}

async fn open(ctx: &Ctx, wanted: &Wanted, place: &Place) -> Result<Session, Error> {
    let mut target = target(&wanted.record, &wanted.database);
    target.application_name = format!("{APPLICATION_NAME} migrate");
    match wanted.server {
        Server::Users => session::open(ctx, &wanted.record, &target, place.notices(ctx.out)).await,
        Server::Throwaway => session::open_unasked(&wanted.record, &target).await,
    }
}

/// Opens a session and takes the lock.
///
/// # Errors
/// Where somebody else has it for too long; it is said who.
pub async fn begin<'a>(ctx: &'a Ctx, wanted: &'a Wanted) -> Result<Work<'a>, Error> {
    let place = Place::default();
    let session = open(ctx, wanted, &place).await?;
    let told = |holder: Option<&Holder>| holder.map_or("somebody else".to_owned(), ToString::to_string);
    let on_wait = |holder: Option<&Holder>| {
        ctx.out.note(&format!("waiting: {} is being migrated by {}", wanted.place(), told(holder)));
    };
    let took = take(&session, &wanted.scope, wanted.lock_wait, on_wait);
    match unless_interrupted(ctx, took).await? {
        Taken::AtOnce => {}
        Taken::After(time) => ctx.out.note(&format!("waited {:.1} s for it", time.as_secs_f64())),
        Taken::Not(holder) => {
            let (by, waited) = (told(holder.as_ref()), wanted.lock_wait.as_secs());
            return Err(Error::NotMigrated {
                what: wanted.place(),
                why: format!("{by} still migrates it after {waited} s"),
                advice: "`--lock-wait SECONDS` waits longer".to_owned(),
            });
        }
    }
    let target = target(&wanted.record, &wanted.database);
    let link = Link::new(session, target, Passwords::known(|_| None), &place, ctx.out);
    let (screen, variables) = fresh(ctx, &place);
    let runner = Runner::new(link, screen, variables, Shell::Refused, &place, Instant::now() + NO_LIMIT);
    let runner = runner.map_err(Error::Output)?.at_home(ctx.home.clone());
    Ok(Work { ctx, wanted, place, runner })
}

/// A psql of its own for each script: what it answers is not shown, and it ends at the first error.
fn fresh(ctx: &Ctx, place: &Place) -> (Screen, Variables) {
    let settings = Settings { quiet: true, ..Settings::default() };
    let mut variables = Variables::new();
    variables.record("ON_ERROR_STOP", "1");
    (Screen::new(settings, Box::new(std::io::sink()), ctx.out, place), variables)
}

impl Work<'_> {
    fn session(&self) -> &Session {
        self.runner.session()
    }

    /// What the database has recorded.
    pub async fn history(&self) -> Result<History, Error> {
        recorded(self.session(), &self.wanted.scope).await
    }

    /// The tables, made or extended where that is needed.
    pub async fn tables(&self) -> Result<Tables, Error> {
        history::ensure(self.session()).await
    }

    /// Runs SQL of our own.
    async fn sql(&self, sql: &str) -> Result<(), Failure> {
        run(self.session(), sql, |_| Ok(())).await
    }

    /// Runs SQL of our own that belongs to a script.
    async fn sql_for(&self, source: &Source, sql: &str) -> Result<(), Error> {
        self.sql(sql).await.map_err(|failure| match failure {
            Failure::Output(err) => Error::Output(err),
            Failure::Lost(why) => Error::ConnectionLost { place: format!("{}: ", source.name()), why },
            // It is not what the script's author has written.
            failure => Error::Sql(format!("{}: {}", source.name(), failure.text(""))),
        })
    }

    /// Runs a script in the present transaction, or in none.
    async fn script(&mut self, source: &Source) -> Result<(), Error> {
        self.runner.run_one(source, Path::new(source.name())).await
    }

    fn start_over(&mut self) {
        let (screen, variables) = fresh(self.ctx, &self.place);
        self.runner.start_over(screen, variables);
    }

    /// Passes on what came of an attempt, and adds one that failed to the history, as far as that is possible.
    async fn noted(
        &self,
        tables: &Tables,
        (version, action): (&str, Action),
        began: Instant,
        outcome: Result<u128, Error>,
    ) -> Result<u128, Error> {
        if let Err(err) = &outcome {
            let (took_ms, error) = (began.elapsed().as_millis(), err.line());
            let attempt = Attempt { version, action, took_ms, error: Some(&error) };
            let _ = self.sql(&tables.attempt(&self.wanted.scope, &attempt)).await;
        }
        outcome
    }
}

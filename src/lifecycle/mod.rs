//! The life of one instance: what several commands do with it, each under the instance's lock.

use std::time::Duration;

use crate::context::Ctx;
use crate::engine::tool::Login;
use crate::engine::{Engine, Halt, Site};
use crate::error::Error;
use crate::instances::name::Name;
use crate::instances::record::Record;
use crate::pg::connect::{At, Target};
use crate::replay::Until;
use crate::wait::interruption;

pub mod archiving;
pub mod backup;
pub mod boot;
pub mod clone;
pub mod copying;
pub mod create;
pub mod drill;
pub mod migrate;
pub mod observe;
pub mod physical;
pub mod pitr;
pub mod places;
pub mod remove;
pub mod renew;
pub mod restore;
pub mod revive;
pub mod session;
pub mod start;
pub mod stop;
pub mod upgrade;
pub mod upstreams;
pub mod vacant;

/// The record of an instance that a command needs.
pub fn need(ctx: &Ctx, name: &Name) -> Result<Record, Error> {
    ctx.store.find(name)?.ok_or_else(|| no_instance(ctx, name))
}

/// The error that there is no such instance, with the names of those that are.
pub fn no_instance(ctx: &Ctx, name: &Name) -> Error {
    let known: Vec<String> =
        ctx.store.list().unwrap_or_default().into_iter().map(|(name, _)| name.to_string()).collect();
    Error::NoInstance { name: name.to_string(), known: known.join(", ") }
}

/// The error that an instance is the beginning of a copy.
pub fn half_cloned(record: &Record) -> Error {
    let source_name = record.clone_of.clone().unwrap_or_default();
    let name = record.name.to_string();
    let of = |prefix| source_name.strip_prefix(prefix).and_then(|it: &str| it.split_once('/'));
    if let Some((instance, backup)) = of(restore::OF_BACKUP) {
        let what = format!("backup `{backup}` of `{instance}`");
        return Error::HalfRestored { name, what, again: format!("{backup} --instance {instance}") };
    }
    if let Some((instance, until)) = of(pitr::OF_MOMENT) {
        let flag = until.parse::<Until>().map(|it| it.flag()).unwrap_or_default();
        let what = format!("`{instance}` up to {until}");
        return Error::HalfRestored { name, what, again: format!("--instance {instance} {flag}") };
    }
    if let Some(it) = upgrade::Predecessor::of(record) {
        return Error::HalfUpgraded { name, source_name: it.name.to_string() };
    }
    Error::HalfCloned { name, source_name }
}

/// Ends the server of an instance. A command that runs out of its time meanwhile says so.
pub async fn halt(ctx: &Ctx, site: &Site, how: Halt, limit: Duration) -> Result<(), Error> {
    ctx.waiting.on(format!("the server of `{}` to stop", site.name));
    ctx.engine.halt(site, how, limit).await
}

/// How the instance's own credentials reach `database`.
pub fn target(record: &Record, database: &str) -> Target {
    Target::new(At::Tcp(record.port), &record.user, Some(record.password.clone()), database)
}

/// The same for a program of PostgreSQL's.
pub fn login<'a>(record: &'a Record, database: &'a str) -> Login<'a> {
    Login { database, user: &record.user, password: &record.password }
}

/// Does something that a signal may end. What is dropped then is cleaned up by whoever has begun it.
pub async fn unless_interrupted<T>(
    ctx: &Ctx,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    tokio::select! {
        done = work => done,
        told = interruption() => {
            Err(Error::Ended { command: ctx.command.clone(), by: told.map_err(Error::Output)? })
        }
    }
}

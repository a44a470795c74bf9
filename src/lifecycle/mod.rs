//! The life of one instance: what several commands do with it, each under the instance's lock.

use crate::context::Ctx;
use crate::engine::tool::Login;
use crate::error::Error;
use crate::instances::name::Name;
use crate::instances::record::Record;
use crate::pg::connect::{At, Target};
use crate::wait::interruption;

pub mod backup;
pub mod boot;
pub mod clone;
pub mod create;
pub mod drill;
pub mod observe;
pub mod places;
pub mod remove;
pub mod renew;
pub mod restore;
pub mod session;
pub mod start;
pub mod stop;
pub mod upgrade;
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
    if let Some((instance, backup)) =
        source_name.strip_prefix(restore::OF_BACKUP).and_then(|it| it.split_once('/'))
    {
        let (instance, backup) = (instance.to_owned(), backup.to_owned());
        return Error::HalfRestored { name: record.name.to_string(), instance, backup };
    }
    if let Some(it) = upgrade::Predecessor::of(record) {
        let (name, source_name) = (record.name.to_string(), it.name.to_string());
        return Error::HalfUpgraded { name, source_name };
    }
    Error::HalfCloned { name: record.name.to_string(), source_name }
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

//! The life of one instance: what several commands do with it, each under the instance's lock.

use crate::context::Ctx;
use crate::error::Error;
use crate::instances::name::Name;
use crate::instances::record::Record;
use crate::pg::connect::{At, Target};

pub mod boot;
pub mod clone;
pub mod create;
pub mod observe;
pub mod places;
pub mod remove;
pub mod renew;
pub mod session;
pub mod start;
pub mod stop;

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
    Error::HalfCloned { name: record.name.to_string(), source_name }
}

/// How the instance's own credentials reach `database`.
pub fn target(record: &Record, database: &str) -> Target {
    Target::new(At::Tcp(record.port), &record.user, Some(record.password.clone()), database)
}

//! A database as SQL, by the server's own `pg_dump`.

use std::path::Path;

use crate::commands::content::get::place::Place;
use crate::context::Ctx;
use crate::engine::Engine;
use crate::engine::dump::{Dump, What};
use crate::error::Error;
use crate::instances::name::Name;
use crate::instances::record::Record;
use crate::lifecycle::{login, need, session};
use crate::pg::databases;
use crate::pg::identifier::Identifier;

/// The database of this name, with its instance's record.
pub async fn find(ctx: &Ctx, instance: &Name, name: &str) -> Result<Option<(Record, Identifier)>, Error> {
    let (Ok(name), Some(_)) = (name.parse::<Identifier>(), ctx.store.find(instance)?) else {
        return Ok(None);
    };
    let record = need(ctx, instance)?;
    let session = session::administer(ctx, &record, None).await?;
    Ok(databases::exists(&session, &name).await?.then_some((record, name)))
}

/// Writes it to standard output, or to a file that is whole or as it was.
pub async fn write(
    ctx: &Ctx,
    record: &Record,
    name: &Identifier,
    what: What,
    output: Option<&Path>,
) -> Result<(), Error> {
    let mut place = Place::open(ctx, output)?;
    ctx.waiting.on(format!("pg_dump to write database `{name}`"));
    let dump = Dump { login: login(record, name.as_str()), what };
    let dumped = ctx.engine.dump(&ctx.site(record), &dump, &mut |piece| place.put(piece)).await;
    match dumped {
        Ok(()) => place.finish(),
        Err(Error::Output(err)) => Err(place.failed(err)),
        Err(err) => Err(err),
    }
}

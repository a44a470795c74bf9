//! The database that `content add` applies to.

use crate::context::Ctx;
use crate::error::Error;
use crate::instances::record::Record;
use crate::lifecycle::places::{Places, places};
use crate::lifecycle::{session, target};
use crate::pg::admin::Before;
use crate::pg::databases::{self, Wanted};

/// Makes the database where there is none.
pub(super) async fn make(ctx: &Ctx, record: &Record, database: &str) -> Result<Before, Error> {
    let name = database.parse().map_err(|why| Error::Usage(format!("--database: {why}")))?;
    let session = session::administer(ctx, record, None).await?;
    ctx.waiting.on(format!("`{}` to create database `{database}`", record.name));
    databases::create(&session, &Wanted::plain(name)).await
}

/// Which database it is, and which others there are.
pub(super) async fn find(ctx: &Ctx, record: &Record, database: &str) -> Result<Places, Error> {
    let session = session::open(ctx, record, &target(record, database), Box::new(|_| ())).await?;
    places(&session).await
}

//! `content clone`: a second instance, or a second database, that is as the first is now.

use std::str::FromStr;

use crate::context::Ctx;
use crate::error::Error;
use crate::exit::Verdict;
use crate::instances::name::Name;
use crate::lifecycle::clone::{Wanted, clone};
use crate::lifecycle::{need, session, target};
use crate::output::Reply;
use crate::pg::duplicate::{Sessions, duplicate};
use crate::pg::identifier::Identifier;

/// Copy an instance, which goes on undisturbed, or with `--database` one of its databases beside itself
#[derive(Clone, Debug, clap::Args)]
pub struct CloneArgs {
    /// Instance to copy, or whose database is to be copied
    pub source: Name,
    /// Name of the copy, which must be new
    pub new: String,
    /// Database of SOURCE to copy: NEW is a database beside it, no instance
    #[arg(long)]
    pub database: Option<Identifier>,
    /// End the sessions in the database, with which it cannot be copied
    #[arg(long, requires = "database")]
    pub force: bool,
    /// Port of the new instance on 127.0.0.1 [default: the next that is free]
    #[arg(long, conflicts_with = "database")]
    pub port: Option<u16>,
}

/// Clones.
pub async fn run(ctx: &Ctx, args: &CloneArgs) -> Result<Reply, Error> {
    match &args.database {
        Some(database) => clone_database(ctx, args, database).await,
        None => clone_instance(ctx, args).await,
    }
}

async fn clone_instance(ctx: &Ctx, args: &CloneArgs) -> Result<Reply, Error> {
    if let Some(why) = &ctx.moved {
        ctx.out.note(why);
    }
    let wanted = Wanted { source: args.source.clone(), name: named(&args.new)?, port: args.port };
    let record = clone(ctx, &wanted).await?;
    ctx.out.note(&format!(
        "`{}` is running on port {} as a copy of `{}`, and has answered a query",
        record.name, record.port, args.source
    ));
    Ok(Reply::plain(Verdict::Done))
}

async fn clone_database(ctx: &Ctx, args: &CloneArgs, database: &Identifier) -> Result<Reply, Error> {
    let new: Identifier = named(&args.new)?;
    let record = need(ctx, &args.source)?;
    let target = target(&record, ctx.settings.maintenance_db.get()?);
    let session = session::open(ctx, &record, &target, Box::new(|_| ())).await?;
    ctx.waiting.on(format!("`{}` to copy the database", record.name));
    let sessions = if args.force { Sessions::Ended } else { Sessions::Respected };
    duplicate(&session, database, &new, sessions).await?;
    ctx.out.note(&format!("database `{new}` is created in `{}` as a copy of `{database}`", record.name));
    Ok(Reply::plain(Verdict::Done))
}

/// What NEW means depends on what is copied.
fn named<T: FromStr<Err = impl std::fmt::Display>>(new: &str) -> Result<T, Error> {
    new.parse().map_err(|why| Error::Usage(format!("`{new}` cannot be the name of a copy: {why}")))
}

//! `content remove-user`: end a role's sessions and drop it, with nothing that it owns lost.

use crate::commands::content::named::Named;
use crate::commands::content::remove_database::Consent;
use crate::context::Ctx;
use crate::error::Error;
use crate::exit::{Skip, Verdict};
use crate::instances::passwords;
use crate::instances::record::Record;
use crate::lifecycle::{need, session};
use crate::output::Reply;
use crate::pg::admin::Before;
use crate::pg::connect::Session;
use crate::pg::identifier::Identifier;
use crate::pg::roles::{self, Ties};

/// Drop a user who owns nothing, ending its sessions
#[derive(Clone, Debug, clap::Args)]
pub struct RemoveUserArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "a doc comment would become help")]
    pub named: Named,
    /// Give what the user owns to the instance's user first
    #[arg(long)]
    pub force: bool,
}

/// Drops the user.
pub async fn run(ctx: &Ctx, args: &RemoveUserArgs) -> Result<Reply, Error> {
    let (instance, name) = args.named.place("content remove-user", None)?;
    let record = need(ctx, &instance)?;
    let _held = ctx.store.hold(&instance, &ctx.command, &ctx.waiting).await?;
    let session = session::administer(ctx, &record, None).await?;
    match roles::exists(&session, &name).await? {
        true => remove(ctx, &record, &session, &name, Consent::by(args.force)).await,
        false => Ok(Reply::plain(Verdict::Skipped(Skip::NotFound))),
    }
}

/// Drops a role that is there. Without consent it must own nothing. The instance is held.
pub async fn remove(
    ctx: &Ctx,
    record: &Record,
    session: &Session,
    name: &Identifier,
    consent: Consent,
) -> Result<Reply, Error> {
    if name.as_str() == record.user {
        return Err(needed(name, format!("it owns instance `{}`", record.name), whole_instance(record)));
    }
    let ties = roles::ties(session, name).await?;
    if !ties.owning.is_empty() && consent == Consent::Asked {
        let why = format!("it owns something in {}", ties.owning.join(", "));
        return Err(needed(name, why, format!("`--force` gives that to `{}` first", record.user)));
    }
    ctx.waiting.on(format!("`{}` to drop the user", record.name));
    roles::lock_out(session, name).await?;
    release_all(ctx, record, session, name, &ties).await?;
    Ok(Reply::plain(match roles::drop(session, name).await? {
        Before::Absent => Verdict::Skipped(Skip::NotFound),
        Before::There => {
            passwords::forget(&record.dir, name.as_str())?;
            ctx.out.note(&told(record, name, &ties));
            Verdict::Done
        }
    }))
}

/// Takes from a role what it has in every database; what belongs to the server as a whole, in any of them.
async fn release_all(
    ctx: &Ctx,
    record: &Record,
    session: &Session,
    name: &Identifier,
    ties: &Ties,
) -> Result<(), Error> {
    let heir: Identifier = record.user.parse().map_err(Error::Usage)?;
    for database in ties.owning.iter().chain(&ties.granted) {
        let inside = session::administer(ctx, record, Some(database)).await?;
        roles::release(&inside, name, &heir).await?;
    }
    roles::release(session, name, &heir).await
}

fn told(record: &Record, name: &Identifier, ties: &Ties) -> String {
    let removed = format!("user `{name}` is removed from `{}`", record.name);
    match ties.owning.as_slice() {
        [] => removed,
        owning => format!("{removed}; what it owned in {} is `{}`'s now", owning.join(", "), record.user),
    }
}

fn needed(name: &Identifier, why: String, instead: String) -> Error {
    Error::Needed { what: format!("user `{name}`"), why, instead }
}

fn whole_instance(record: &Record) -> String {
    format!("`content remove --name {} --force` removes the whole instance", record.name)
}

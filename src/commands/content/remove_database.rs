//! `content remove-database`: end the sessions in a database and drop it.

use crate::commands::content::named::Named;
use crate::commands::manage::uninstall::confirm;
use crate::context::Ctx;
use crate::error::Error;
use crate::exit::{Skip, Verdict};
use crate::instances::record::Record;
use crate::lifecycle::{need, session};
use crate::output::Reply;
use crate::pg::admin::Before;
use crate::pg::connect::Session;
use crate::pg::databases::{self, OWN};
use crate::pg::identifier::Identifier;

/// Drop a database with all its data, ending the sessions in it
#[derive(Clone, Debug, clap::Args)]
pub struct RemoveDatabaseArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "a doc comment would become help")]
    pub named: Named,
    /// The same as `--name`
    #[arg(long)]
    pub database: Option<Identifier>,
    /// Do not ask
    #[arg(long)]
    pub force: bool,
}

/// Whether the user has confirmed what a command is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// `--force` was given.
    Given,
    /// It has to be asked for.
    Asked,
}

impl Consent {
    /// What `--force` means, or `--yes`.
    pub fn by(force: bool) -> Self {
        if force { Self::Given } else { Self::Asked }
    }

    /// Asks the person at the terminal where it was not given.
    pub fn obtain(self, what: &str) -> Result<(), Error> {
        self.obtain_by(what, "--force")
    }

    /// The same for a command whose flag is another.
    pub fn obtain_by(self, what: &str, flag: &str) -> Result<(), Error> {
        match self {
            Self::Given => Ok(()),
            Self::Asked => confirm(what, &format!("`{flag}` does it without asking")),
        }
    }
}

/// Drops it.
pub async fn run(ctx: &Ctx, args: &RemoveDatabaseArgs) -> Result<Reply, Error> {
    let (instance, name) = args.named.place("content remove-database", args.database.as_ref())?;
    let record = need(ctx, &instance)?;
    let session = session::administer(ctx, &record, None).await?;
    match databases::exists(&session, &name).await? {
        true => remove(ctx, &record, &session, &name, Consent::by(args.force)).await,
        false => Ok(Reply::plain(Verdict::Skipped(Skip::NotFound))),
    }
}

/// Drops a database that is there, with the user's consent.
pub async fn remove(
    ctx: &Ctx,
    record: &Record,
    session: &Session,
    name: &Identifier,
    consent: Consent,
) -> Result<Reply, Error> {
    if let Some(why) = needed_by(ctx, record, name) {
        return Err(Error::Needed {
            what: format!("database `{name}`"),
            why,
            instead: format!("`content remove --name {} --force` removes the whole instance", record.name),
        });
    }
    consent.obtain(&format!("dropping database `{name}` of `{}` with all its data", record.name))?;
    ctx.waiting.on(format!("`{}` to drop the database", record.name));
    Ok(Reply::plain(match databases::drop(session, name).await? {
        Before::Absent => Verdict::Skipped(Skip::NotFound),
        Before::There => {
            ctx.out.note(&format!("database `{name}` is dropped from `{}`", record.name));
            Verdict::Done
        }
    }))
}

/// Who needs a database, if anybody does.
pub fn needed_by(ctx: &Ctx, record: &Record, name: &Identifier) -> Option<String> {
    match name.as_str() {
        it if it == record.database => {
            Some(format!("it is the database that `{}` was made with", record.name))
        }
        it if it == ctx.settings.maintenance_db.or_default() => {
            Some("administrative work connects to it".to_owned())
        }
        it if OWN.contains(&it) => Some("it is PostgreSQL's own".to_owned()),
        _ => None,
    }
}

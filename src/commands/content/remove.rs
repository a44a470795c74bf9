//! `content remove`: delete an instance with its data, a stored file, a database or a user.

use crate::commands::content::remove_database::{self, Consent};
use crate::commands::content::remove_user;
use crate::commands::manage::uninstall::confirm;
use crate::context::Ctx;
use crate::error::Error;
use crate::exit::{Skip, Verdict};
use crate::instances::artifacts::{Artifact, Kind};
use crate::instances::name::Name;
use crate::lifecycle::remove::{Fate, remove};
use crate::lifecycle::session;
use crate::output::{BEYOND, Reply};
use crate::pg::{databases, roles};

/// What a command says that asks for a confirmation and has nobody to ask.
const FLAGS: &str = "`--force` deletes it without asking";

/// Delete an instance with all its data, a stored file, a database with its data, or a user
#[derive(Clone, Debug, clap::Args)]
pub struct RemoveArgs {
    /// Name of an instance, of stored content, of a database, or of a user; they are looked for in this order
    #[arg(long, required_unless_present = "word")]
    pub name: Option<String>,
    /// Do not ask
    #[arg(long)]
    pub force: bool,
    /// The same as `--name`
    #[arg(value_name = "NAME", conflicts_with = "name", help_heading = BEYOND)]
    pub word: Option<String>,
    /// Instance that stores it [default: main]
    #[arg(long, value_name = "NAME", help_heading = BEYOND)]
    pub instance: Option<Name>,
    /// Type of stored content, where two types have the name
    #[arg(long = "type", value_name = "TYPE", value_enum, help_heading = BEYOND)]
    pub kind: Option<Kind>,
}

/// Deletes it.
pub async fn run(ctx: &Ctx, args: &RemoveArgs) -> Result<Reply, Error> {
    let name = args.name.as_deref().or(args.word.as_deref()).unwrap_or_default();
    if let (None, None, Some(instance)) = (&args.instance, args.kind, existing(ctx, name)?) {
        if !args.force {
            confirm(&format!("deleting instance `{instance}` with all its data"), FLAGS)?;
        }
        remove(ctx, &instance, Fate::Deleted).await?;
        ctx.out.note(&format!("`{instance}` is removed with its data"));
        return Ok(Reply::plain(Verdict::Done));
    }
    stored(ctx, args, name).await
}

async fn stored(ctx: &Ctx, args: &RemoveArgs, name: &str) -> Result<Reply, Error> {
    let instance = args.instance.clone().unwrap_or_else(Name::main);
    let find = || Artifact::find(&ctx.store.dir(&instance), name, args.kind);
    let not_found = || Ok(Reply::plain(Verdict::Skipped(Skip::NotFound)));
    let artifact = match (find()?, args.kind) {
        (Some(artifact), _) => artifact,
        (None, Some(_)) => return not_found(),
        (None, None) => return remove_from_server(ctx, args, name).await,
    };
    let word = artifact.kind.word();
    if !args.force {
        confirm(&format!("deleting the stored {word} `{name}`"), FLAGS)?;
    }
    let held = ctx.store.hold(&instance, &ctx.command, &ctx.waiting).await?;
    // Whoever held the instance before may have removed it.
    let Some(artifact) = find()? else { return not_found() };
    artifact.delete(&held)?;
    ctx.out.note(&match artifact.kind.is_applied() {
        true => format!("{word} `{name}` is removed; what it made in databases is as it was"),
        false => format!("{word} `{name}` is removed"),
    });
    Ok(Reply::plain(Verdict::Done))
}

/// Drops the database or user of this name.
async fn remove_from_server(ctx: &Ctx, args: &RemoveArgs, name: &str) -> Result<Reply, Error> {
    let absent = Reply::plain(Verdict::Skipped(Skip::NotFound));
    let instance = args.instance.clone().unwrap_or_else(Name::main);
    let (Ok(name), Some(record)) = (name.parse(), ctx.store.find(&instance)?) else { return Ok(absent) };
    let _held = ctx.store.hold(&instance, &ctx.command, &ctx.waiting).await?;
    let (session, consent) = (session::administer(ctx, &record, None).await?, Consent::by(args.force));
    if databases::exists(&session, &name).await? {
        return remove_database::remove(ctx, &record, &session, &name, consent).await;
    }
    if roles::exists(&session, &name).await? {
        return remove_user::remove(ctx, &record, &session, &name, consent).await;
    }
    Ok(absent)
}

/// The instance of this name: in use, with a record that cannot be read, or uninstalled with its data kept.
fn existing(ctx: &Ctx, name: &str) -> Result<Option<Name>, Error> {
    let Ok(name) = name.parse::<Name>() else { return Ok(None) };
    let recorded = ctx.store.list()?.iter().any(|(known, _)| *known == name);
    Ok((recorded || ctx.store.kept()?.contains(&name)).then_some(name))
}

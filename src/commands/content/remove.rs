//! `content remove`: delete an instance with its data, or a stored file.

use crate::commands::manage::uninstall::confirm;
use crate::context::Ctx;
use crate::error::Error;
use crate::exit::{Skip, Verdict};
use crate::instances::artifacts::Artifact;
use crate::instances::name::Name;
use crate::lifecycle::remove::{Fate, remove};
use crate::output::{BEYOND, Reply};

/// Delete an instance with all its data, or a stored file
#[derive(Clone, Debug, clap::Args)]
pub struct RemoveArgs {
    /// Name of an instance or of stored content
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
}

/// Deletes it.
pub async fn run(ctx: &Ctx, args: &RemoveArgs) -> Result<Reply, Error> {
    let name = args.name.as_deref().or(args.word.as_deref()).unwrap_or_default();
    let flags = "`--force` deletes it without asking";
    if let (None, Some(instance)) = (&args.instance, existing(ctx, name)?) {
        if !args.force {
            confirm(&format!("deleting instance `{instance}` with all its data"), flags)?;
        }
        remove(ctx, &instance, Fate::Deleted).await?;
        ctx.out.note(&format!("`{instance}` is removed with its data"));
        return Ok(Reply::plain(Verdict::Done));
    }
    let dir = ctx.store.dir(args.instance.as_ref().unwrap_or(&Name::main()));
    let Some(artifact) = name.parse().ok().and_then(|name| Artifact::find(&dir, &name)) else {
        return Ok(Reply::plain(Verdict::Skipped(Skip::NotFound)));
    };
    if !args.force {
        confirm(&format!("deleting the stored {} `{name}`", artifact.kind.word()), flags)?;
    }
    artifact.delete(&dir)?;
    let word = artifact.kind.word();
    ctx.out.note(&match artifact.kind.is_applied() {
        true => format!("{word} `{name}` is removed; what it made in databases is as it was"),
        false => format!("{word} `{name}` is removed"),
    });
    Ok(Reply::plain(Verdict::Done))
}

/// The instance of this name: in use, with a record that cannot be read, or uninstalled with its data kept.
fn existing(ctx: &Ctx, name: &str) -> Result<Option<Name>, Error> {
    let Ok(name) = name.parse::<Name>() else { return Ok(None) };
    let recorded = ctx.store.list()?.iter().any(|(known, _)| *known == name);
    Ok((recorded || ctx.store.kept()?.contains(&name)).then_some(name))
}

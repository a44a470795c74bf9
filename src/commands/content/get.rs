//! `content get`: an instance's connection, or a stored file.

use std::fs;
use std::path::{self, Path, PathBuf};

use crate::commands::credentials;
use crate::context::Ctx;
use crate::error::{Error, IoContext};
use crate::exit::{Skip, Verdict};
use crate::instances::artifacts::Artifact;
use crate::instances::name::Name;
use crate::instances::store::write_bytes;
use crate::output::{BEYOND, Reply};
use crate::secret::Secrets;

/// Print an instance's connection (password included) or a stored file
#[derive(Clone, Debug, clap::Args)]
pub struct GetArgs {
    /// Name of an instance or of stored content
    #[arg(long, required_unless_present = "word")]
    pub name: Option<String>,
    /// Write to this file instead of stdout
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// The same as `--name`
    #[arg(value_name = "NAME", conflicts_with = "name", help_heading = BEYOND)]
    pub word: Option<String>,
    /// Instance that stores it [default: main]
    #[arg(long, value_name = "NAME", help_heading = BEYOND)]
    pub instance: Option<Name>,
}

/// Prints it, or writes it to a file that is whole or absent.
pub fn run(ctx: &Ctx, args: &GetArgs) -> Result<Reply, Error> {
    let name = args.name.as_deref().or(args.word.as_deref()).unwrap_or_default();
    let Some(bytes) = found(ctx, name, args.instance.as_ref())? else {
        return Ok(Reply::plain(Verdict::Skipped(Skip::NotFound)));
    };
    match &args.output {
        Some(file) => write(file, &bytes)?,
        None => ctx.out.bytes(&bytes)?,
    }
    Ok(Reply::plain(Verdict::Done))
}

fn found(ctx: &Ctx, name: &str, instance: Option<&Name>) -> Result<Option<Vec<u8>>, Error> {
    let as_instance = || name.parse::<Name>().ok();
    if let (None, Some(name)) = (instance, as_instance())
        && let Some(record) = ctx.store.find(&name)?
    {
        let database = ctx.settings.database.choose(None, &record.database);
        return Ok(Some(credentials::text(&record, database, Secrets::Shown).into_bytes()));
    }
    let dir = ctx.store.dir(instance.unwrap_or(&Name::main()));
    let artifact = name.parse().ok().and_then(|name| Artifact::find(&dir, &name));
    artifact.map_or(Ok(None), |it| it.read())
}

/// Writes a file whole or not at all. A device or pipe, such as `/dev/stdout`, is written to: replaced, it would be gone.
fn write(file: &Path, bytes: &[u8]) -> Result<(), Error> {
    let target = fs::canonicalize(file).or_else(|_| path::absolute(file)).doing("finding", file)?;
    match fs::metadata(file) {
        Ok(found) if !found.is_file() && !found.is_dir() => fs::write(file, bytes).doing("writing", file),
        Ok(_) | Err(_) => write_bytes(&target, bytes),
    }
}

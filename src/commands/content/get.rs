//! `content get`: an instance's connection, a stored file, or a database as SQL.

use std::path::PathBuf;

use crate::commands::connection::{EnvForm, env_lines, missing_lines, text};
use crate::context::Ctx;
use crate::engine::dump::What;
use crate::error::Error;
use crate::exit::{Skip, Verdict};
use crate::instances::artifacts::{Artifact, Kind};
use crate::instances::name::Name;
use crate::instances::passwords;
use crate::instances::record::Record;
use crate::lifecycle::need;
use crate::output::{BEYOND, Reply};
use crate::pg::identifier::Identifier;
use crate::secret::Secrets;

pub mod database;
pub mod place;

use place::Place;

/// Print an instance's connection (password included), a stored file, or a database as SQL
#[derive(Clone, Debug, clap::Args)]
pub struct GetArgs {
    /// Name of an instance, of stored content, or of a database; they are looked for in this order
    #[arg(long, required_unless_present_any = ["word", "as_env", "database", "user", "key", "for_exports"])]
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
    /// Type of stored content, where two types have the name
    #[arg(long = "type", value_name = "TYPE", value_enum, help_heading = BEYOND)]
    pub kind: Option<Kind>,
    /// Stored content as it was in this revision
    #[arg(long, value_name = "NUMBER", help_heading = BEYOND)]
    pub revision: Option<u32>,
    /// Of a database, print the rows too
    #[arg(long, help_heading = BEYOND)]
    pub data: bool,
    /// Of a database, print the definitions only, even where stored content has its name
    #[arg(long, conflicts_with = "data", help_heading = BEYOND)]
    pub schema: bool,
    /// Print a connection as lines that a shell evaluates: `export PGHOST=...`
    #[arg(long, conflicts_with_all = ["data", "schema"], help_heading = BEYOND)]
    pub as_env: bool,
    /// For config/exports.sh: print the variables of a connection that the environment does not have
    #[arg(long, hide = true, conflicts_with_all = ["name", "word", "data", "schema", "as_env", "user", "kind", "revision"], help_heading = BEYOND)]
    pub for_exports: bool,
    /// Print one value of the instance's record, such as `port` or `template`
    #[arg(long, conflicts_with_all = ["data", "schema", "as_env", "database", "user", "kind", "revision"], help_heading = BEYOND)]
    pub key: Option<String>,
    /// Database that a connection is to lead to
    #[arg(long, conflicts_with_all = ["data", "schema"], help_heading = BEYOND)]
    pub database: Option<Identifier>,
    /// User that a connection is to be for [default: the instance's]
    #[arg(long, conflicts_with_all = ["data", "schema"], help_heading = BEYOND)]
    pub user: Option<Identifier>,
}

/// What is to be printed.
#[derive(Debug)]
enum Found {
    /// How to reach a database of an instance.
    Connection { record: Box<Record>, database: String },
    /// A stored file.
    Artifact(Artifact),
    /// A database itself.
    Database { record: Box<Record>, name: Identifier },
}

/// Finds what is asked for, and hands it out.
pub async fn run(ctx: &Ctx, args: &GetArgs) -> Result<Reply, Error> {
    if let Some(key) = &args.key {
        let value = value(ctx, args, key)?.map(|it| format!("{it}\n").into_bytes());
        return write_out(ctx, args, value);
    }
    if args.for_exports {
        let record = need(ctx, args.instance.as_ref().unwrap_or(&Name::main()))?;
        let database = ctx.settings.database.shown(&record.database).to_owned();
        let lines = missing_lines(&record, &database, |name| ctx.variable(name));
        return write_out(ctx, args, Some(lines.into_bytes()));
    }
    let bytes = match find(ctx, args).await? {
        None => None,
        Some(Found::Artifact(artifact)) => match args.revision {
            None => artifact.read()?,
            Some(number) => artifact.read_revision(number)?,
        },
        Some(Found::Connection { record, database }) => {
            Some(connection(&record, &database, args)?.into_bytes())
        }
        Some(Found::Database { record, name }) => {
            let what = if args.data { What::Everything } else { What::Schema };
            database::write(ctx, &record, &name, what, args.output.as_deref()).await?;
            return Ok(Reply::plain(Verdict::Done));
        }
    };
    write_out(ctx, args, bytes)
}

/// A value of the record of the instance that is named, however it is named.
fn value(ctx: &Ctx, args: &GetArgs, key: &str) -> Result<Option<String>, Error> {
    let named = args.name.as_ref().or(args.word.as_ref());
    let named = named.map(|it| it.parse::<Name>().map_err(Error::Usage)).transpose()?;
    let instance = named.or(args.instance.clone()).unwrap_or_else(Name::main);
    Ok(need(ctx, &instance)?.value(key))
}

/// Prints what was found, or writes it to a file that is whole or absent.
fn write_out(ctx: &Ctx, args: &GetArgs, bytes: Option<Vec<u8>>) -> Result<Reply, Error> {
    let Some(bytes) = bytes else { return Ok(Reply::plain(Verdict::Skipped(Skip::NotFound))) };
    let mut place = Place::open(ctx, args.output.as_deref())?;
    place.write(&bytes)?;
    place.finish()?;
    Ok(Reply::plain(Verdict::Done))
}

async fn find(ctx: &Ctx, args: &GetArgs) -> Result<Option<Found>, Error> {
    let instance = args.instance.clone().unwrap_or_else(Name::main);
    let Some(name) = args.name.as_deref().or(args.word.as_deref()) else {
        return to_instance(ctx, need(ctx, &instance)?, args).map(Some);
    };
    let asks_for_stored = args.kind.is_some() || args.revision.is_some();
    // Of all that may have the name only a database has rows and definitions.
    let asks_for_database = args.data || args.schema;
    if let (None, Ok(name), false) =
        (&args.instance, name.parse::<Name>(), asks_for_database || asks_for_stored)
        && let Some(record) = ctx.store.find(&name)?
    {
        return to_instance(ctx, record, args).map(Some);
    }
    let asks_for_connection = args.as_env || args.user.is_some();
    if !asks_for_database && !asks_for_connection {
        let artifact = Artifact::find(&ctx.store.dir(&instance), name, args.kind)?;
        if let Some(artifact) = artifact {
            return Ok(Some(Found::Artifact(artifact)));
        }
    }
    if asks_for_stored {
        return Ok(None);
    }
    let Some((record, name)) = database::find(ctx, &instance, name).await? else { return Ok(None) };
    Ok(Some(match asks_for_connection {
        true => Found::Connection { record: Box::new(record), database: name.to_string() },
        false => Found::Database { record: Box::new(record), name },
    }))
}

fn to_instance(ctx: &Ctx, record: Record, args: &GetArgs) -> Result<Found, Error> {
    let asked = args.database.as_ref().map(Identifier::as_str);
    let database = ctx.settings.database.choose(asked, &record.database)?.to_owned();
    Ok(Found::Connection { record: Box::new(record), database })
}

fn connection(record: &Record, database: &str, args: &GetArgs) -> Result<String, Error> {
    let mut record = record.clone();
    if let Some(user) = args.user.as_ref().filter(|it| it.as_str() != record.user) {
        let unknown = || Error::UnknownPassword { user: user.to_string(), instance: record.name.to_string() };
        record.password = passwords::kept(&record.dir, user.as_str())?.ok_or_else(unknown)?;
        record.user = user.to_string();
    }
    Ok(match args.as_env {
        true => env_lines(&record, database, EnvForm::Exports, Secrets::Shown),
        false => text(&record, database, Secrets::Shown),
    })
}

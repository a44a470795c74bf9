//! `ensure`: an instance, and the databases, users and files in it, as a document says; what holds already is left alone.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::commands::connection::{EnvForm, env_lines, text};
use crate::commands::content::add::{self, AddArgs};
use crate::commands::content::create_user::{self, User, password_in};
use crate::context::Ctx;
use crate::error::{Error, IoContext};
use crate::exit::Verdict;
use crate::instances::name::Name;
use crate::instances::record::Record;
use crate::lifecycle::create::{Leave, Made, Wanted, create};
use crate::lifecycle::start::{Patience, start};
use crate::lifecycle::{need, session};
use crate::output::Reply;
use crate::pg::admin::Before;
use crate::pg::connect::Session;
use crate::pg::databases;
use crate::pg::identifier::Identifier;
use crate::pg::inside;
use crate::secret::Secrets;

pub mod document;

use document::{DatabaseEntry, Document, UserEntry, decoded};

/// How long the server may take to answer.
const START_LIMIT: Duration = Duration::from_secs(60);

/// Make an instance and what is in it as a document says; what is so already is success
#[derive(Clone, Debug, clap::Args)]
pub struct EnsureArgs {
    /// The document, JSON or YAML, in base64
    #[arg(long, value_name = "BASE64", required_unless_present = "config")]
    pub config_base64: Option<String>,
    /// File with the document, `-` for stdin
    #[arg(long, value_name = "FILE", conflicts_with = "config_base64")]
    pub config: Option<PathBuf>,
    /// Instance [default: the document's, else main]
    #[arg(long, value_name = "NAME")]
    pub instance: Option<Name>,
    /// Template of an instance that is missing [default: the document's, else development]
    #[arg(long)]
    pub template: Option<String>,
    /// Port of an instance that is missing [default: the document's, else the next that is free]
    #[arg(long)]
    pub port: Option<u16>,
    /// Refuse a document with keys that are not known here, instead of a warning
    #[arg(long)]
    pub strict: bool,
    /// Print the connection, password included, as lines that a shell evaluates: `export PGHOST=...`
    #[arg(long)]
    pub as_env: bool,
}

/// Makes it so, and says how to connect.
pub async fn run(ctx: &Ctx, args: &EnsureArgs) -> Result<Reply, Error> {
    let (document, folder) = read(ctx, args)?;
    let record = instance(ctx, &wanted(args, &document)?).await?;
    let main = match &document.database {
        Some(name) => name.clone(),
        None => ctx.settings.database.choose(None, &record.database)?.parse().map_err(Error::Usage)?,
    };
    let session = session::administer(ctx, &record, None).await?;
    for user in &document.users {
        self::user(ctx, &record, &session, &user.0, &[], &folder).await?;
    }
    let databases = document.all_databases(&main);
    for it in &databases {
        database(ctx, &record, &session, it).await?;
    }
    for it in document.users.iter().filter(|it| !it.0.databases.is_empty()) {
        let known = UserEntry { password_file: None, ..it.0.clone() };
        user(ctx, &record, &session, &known, &it.0.databases, &folder).await?;
    }
    for it in &databases {
        contents(ctx, &record, it, &folder).await?;
    }
    let database = main.as_str();
    Ok(Reply::data(
        Verdict::Done,
        match args.as_env {
            true => env_lines(&record, database, EnvForm::Exports, Secrets::Shown),
            false => text(&record, database, Secrets::Masked),
        },
    ))
}

/// The document, and the folder that its files are in. What a scenario's declaration holds besides is not ours to refuse.
fn read(ctx: &Ctx, args: &EnsureArgs) -> Result<(Document, PathBuf), Error> {
    let (bytes, source, folder) = match (&args.config_base64, args.config.as_deref()) {
        (Some(text), _) => (decoded(text)?, "--config-base64".to_owned(), PathBuf::new()),
        (None, None) => {
            return Err(Error::Usage("`ensure` needs --config FILE or --config-base64".to_owned()));
        }
        (None, Some(file)) if file == Path::new("-") => {
            let mut bytes = Vec::new();
            io::stdin().lock().read_to_end(&mut bytes).doing("reading", Path::new("stdin"))?;
            (bytes, "stdin".to_owned(), PathBuf::new())
        }
        (None, Some(file)) => {
            let bytes = fs::read(file).doing("reading", file)?;
            (bytes, file.display().to_string(), file.parent().map(Path::to_owned).unwrap_or_default())
        }
    };
    let (document, unknown) = Document::parse(&bytes, &source)?;
    let keys = unknown.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ");
    match (unknown.is_empty(), args.strict) {
        (true, _) => {}
        (false, true) => {
            return Err(Error::Usage(format!("{source} has keys that are not known here: {keys}")));
        }
        (false, false) => {
            ctx.out.note(&format!("warning: nothing is done about {keys} in {source}, not known here"))
        }
    }
    Ok((document, folder))
}

fn wanted(args: &EnsureArgs, document: &Document) -> Result<Wanted, Error> {
    let said = document.instance.as_ref().map(|it| it.parse().map_err(Error::Usage)).transpose()?;
    Ok(Wanted {
        name: args.instance.clone().or(said).unwrap_or_else(Name::main),
        template: args.template.clone().or(document.template.clone()),
        port: args.port.or(document.port),
    })
}

/// The instance, running.
async fn instance(ctx: &Ctx, wanted: &Wanted) -> Result<Record, Error> {
    if let Some(why) = &ctx.moved {
        ctx.out.note(why);
    }
    let made = create(ctx, wanted, Leave::Running).await?;
    let (name, port) = (&made.record().name, made.record().port);
    match &made {
        Made::New(_) => ctx.out.note(&format!("`{name}` is running on port {port} and has answered a query")),
        // A start says what it has done.
        Made::Existing(_) | Made::Restored(_) => {
            start(ctx, name, Patience::Ready(START_LIMIT)).await?;
        }
    }
    need(ctx, name)
}

async fn user(
    ctx: &Ctx,
    record: &Record,
    session: &Session,
    wanted: &UserEntry,
    databases: &[Identifier],
    folder: &Path,
) -> Result<(), Error> {
    let _held = ctx.store.hold(&record.name, &ctx.command, &ctx.waiting).await?;
    let password = wanted.password_file.as_ref().map(|it| password_in(&folder.join(it))).transpose()?;
    let user = User { name: &wanted.name, password, databases };
    if let Before::Absent = create_user::ensure(ctx, record, session, &user).await? {
        ctx.out.note(&format!("user `{}` is created in `{}`", wanted.name, record.name));
    }
    Ok(())
}

async fn database(ctx: &Ctx, record: &Record, session: &Session, entry: &DatabaseEntry) -> Result<(), Error> {
    let wanted = databases::Wanted {
        name: entry.name.clone(),
        owner: entry.owner.clone(),
        template: entry.template.clone(),
        encoding: entry.encoding.clone(),
    };
    if let Before::Absent = databases::create(session, &wanted).await? {
        ctx.out.note(&format!("database `{}` is created in `{}`", wanted.name, record.name));
    }
    Ok(())
}

/// What is in a database.
async fn contents(ctx: &Ctx, record: &Record, entry: &DatabaseEntry, folder: &Path) -> Result<(), Error> {
    let database = entry.name.as_str();
    if !entry.extensions.is_empty() || !entry.schemas.is_empty() {
        let session = session::administer(ctx, record, Some(database)).await?;
        for name in &entry.schemas {
            if let Before::Absent = inside::schema(&session, name).await? {
                ctx.out.note(&format!("schema `{name}` is created in database `{database}`"));
            }
        }
        for name in &entry.extensions {
            if let Before::Absent = inside::extension(&session, name).await? {
                ctx.out.note(&format!("extension `{name}` is created in database `{database}`"));
            }
        }
    }
    for file in &entry.files {
        let args = AddArgs {
            file: Some(folder.join(file)),
            instance: Some(record.name.clone()),
            database: Some(database.to_owned()),
            ..AddArgs::default()
        };
        // What was applied already is skipped, which is what is wanted.
        add::run(ctx, &args).await?;
    }
    Ok(())
}

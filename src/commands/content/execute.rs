//! `content execute`: SQL in, rows out as psql prints them.

use std::fs;
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::context::Ctx;
use crate::engine::{Engine, Process, control};
use crate::error::{Error, IoContext};
use crate::exit::{Skip, Verdict};
use crate::instances::artifacts::Artifact;
use crate::instances::name::Name;
use crate::instances::record::{Creation, Record};
use crate::lifecycle::observe::{FAST_PROBE_LIMIT, Observed, observe};
use crate::lifecycle::{need, target};
use crate::output::{BEYOND, Reply};
use crate::pg::admin;
use crate::pg::connect::{Refusal, Session, connect};
use crate::pg::message::notice;
use crate::pg::query;
use crate::pg::render::Printer;
use crate::pg::render::settings::{Expanded, Format, Settings};
use crate::rules::limits::limit;

/// How long the server may take to accept a connection.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);

/// Run SQL and print what psql would print
#[derive(Clone, Debug, clap::Args)]
pub struct ExecuteArgs {
    /// Run the stored content of this name
    #[arg(long, group = "source")]
    pub name: Option<String>,
    /// Settings of the run: `timeout=SECONDS`
    #[arg(long, value_name = "KEY=VALUE,...", value_parser = options)]
    pub options: Option<Options>,
    /// SQL to run; without any source it is read from stdin
    #[arg(value_name = "SQL", group = "source", help_heading = BEYOND)]
    pub word: Option<String>,
    /// The same as SQL
    #[arg(long, value_name = "SQL", group = "source", help_heading = BEYOND)]
    pub sql: Option<String>,
    /// Run the SQL in this file
    #[arg(long, value_name = "FILE", group = "source", help_heading = BEYOND)]
    pub file: Option<PathBuf>,
    /// Instance to run it on [default: main]
    #[arg(long, value_name = "NAME", help_heading = BEYOND)]
    pub instance: Option<Name>,
    /// Database to run it in [default: the instance's]
    #[arg(long, help_heading = BEYOND)]
    pub database: Option<String>,
    /// Format of the rows
    #[arg(long, value_enum, default_value_t, help_heading = BEYOND)]
    pub format: RowFormat,
    /// Print rows only: no column names, no number of rows
    #[arg(short, long, help_heading = BEYOND)]
    pub tuples_only: bool,
    /// Print each column of a row on a line of its own; for text
    #[arg(short = 'x', long, help_heading = BEYOND)]
    pub expanded: bool,
}

/// The formats of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum RowFormat {
    /// What psql prints
    #[default]
    Text,
    /// psql's comma-separated values
    Csv,
    /// Tab-separated values, NULL as `\N`
    Tsv,
    /// An array of objects per result, on a line of its own
    Json,
    /// A list of mappings per result
    Yaml,
}

/// What `--options` may hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Longest time that a statement may run.
    pub timeout: Option<Duration>,
}

/// SQL text, and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The text.
    pub sql: String,
}

impl Source {
    /// SQL from a file, which must be text. A byte order mark is dropped, as psql does.
    pub fn from_bytes(file: &Path, bytes: Vec<u8>) -> Result<Self, Error> {
        let text = String::from_utf8(bytes)
            .ok()
            .filter(|text| !text.contains('\0'))
            .ok_or_else(|| Error::Usage(format!("{} is not UTF-8 text", file.display())))?;
        let sql = text.strip_prefix('\u{feff}').map_or(text.as_str(), |it| it).to_owned();
        Ok(Self { sql })
    }
}

impl ExecuteArgs {
    /// How long the command may take: `timeout` if it asks for more than the contract's limit.
    pub fn limit(&self) -> Duration {
        let contract = limit("content execute");
        let margin = Duration::from_secs(5);
        self.timeout().map_or(contract, |it| contract.max(it + margin))
    }

    fn settings(&self) -> Settings {
        Settings {
            format: match self.format {
                RowFormat::Text => Format::Aligned,
                RowFormat::Csv => Format::Csv,
                RowFormat::Tsv => Format::Tsv,
                RowFormat::Json => Format::Json,
                RowFormat::Yaml => Format::Yaml,
            },
            tuples_only: self.tuples_only,
            expanded: if self.expanded { Expanded::On } else { Expanded::Off },
            // A command tag would be one more line for a program that reads values.
            quiet: self.format == RowFormat::Csv,
            ..Settings::default()
        }
    }

    fn timeout(&self) -> Option<Duration> {
        self.options.and_then(|it| it.timeout)
    }
}

/// Runs it.
pub async fn run(ctx: &Ctx, args: &ExecuteArgs) -> Result<Reply, Error> {
    let instance = args.instance.clone().unwrap_or_else(Name::main);
    let record = need(ctx, &instance)?;
    let Some(source) = source(&record, args)? else {
        return Ok(Reply::plain(Verdict::Skipped(Skip::NotExecutable)));
    };
    if source.sql.trim().is_empty() {
        return Err(Error::Usage("`content execute` was given no SQL".to_owned()));
    }
    // The server ends a statement a little before this command would run out of its time.
    let timeout = args.timeout().unwrap_or(limit("content execute") - Duration::from_secs(2));
    let database = ctx.settings.database.choose(args.database.as_deref(), &record.database);
    stream(ctx, &record, database, &source, timeout, print_to(ctx, args.settings())).await?;
    Ok(Reply::plain(Verdict::Done))
}

/// Runs SQL for another command: what it answers is not shown, notices are.
pub async fn apply(ctx: &Ctx, record: &Record, database: &str, source: &Source) -> Result<(), Error> {
    let timeout = limit("content add") - Duration::from_secs(2);
    stream(ctx, record, database, source, timeout, |_| Ok(())).await
}

fn print_to(ctx: &Ctx, settings: Settings) -> impl FnMut(query::Event) -> io::Result<()> {
    let mut out = ctx.out.writer();
    let mut printer = Printer::new(settings);
    move |event| {
        let has_ended = matches!(event, query::Event::Done(_));
        printer.print(event, &mut out)?;
        if has_ended { out.flush() } else { Ok(()) }
    }
}

async fn stream(
    ctx: &Ctx,
    record: &Record,
    database: &str,
    source: &Source,
    timeout: Duration,
    on: impl FnMut(query::Event) -> io::Result<()>,
) -> Result<(), Error> {
    if record.creation == Creation::Unfinished {
        // What is written to it would be gone when the next command makes it anew.
        let state = "unfinished: its creation was interrupted, or is still going on".to_owned();
        return Err(Error::NotServing { name: record.name.to_string(), state });
    }
    let mut target = target(record, database);
    target.statement_timeout = Some(timeout);
    ctx.waiting.on(format!("`{}` to accept a connection", record.name));
    let out = ctx.out;
    let session = match connect(&target, CONNECT_LIMIT, Box::new(move |said| out.note(&notice(said)))).await {
        Ok(session) => session,
        Err(refusal) => return Err(refused(ctx, record, database, &refusal).await),
    };
    own(ctx, record, &session).await?;
    ctx.waiting.on(format!("`{}` to run the SQL", record.name));
    query::run(&session, &source.sql, on).await.map_err(Error::Sql)?.map_err(Error::Output)
}

/// Refuses a stranger's server that has the instance's port, whatever passwords it takes. Where only the server may look
/// into the data directory, it is enough that the instance's server lives.
async fn own(ctx: &Ctx, record: &Record, session: &Session) -> Result<(), Error> {
    let is_own = match control::identifier(&ctx.site(record).data()) {
        Ok(identifier) => admin::identifier(session).await.is_none_or(|it| it == identifier),
        Err(_) => ctx.engine.observe(&ctx.site(record)).await?.process != Process::None,
    };
    let other = || Error::OtherServer { name: record.name.to_string(), port: record.port };
    is_own.then_some(()).ok_or_else(other)
}

/// Why there was no connection: the instance's state says more than a refused socket.
async fn refused(ctx: &Ctx, record: &Record, database: &str, refusal: &Refusal) -> Error {
    if refusal.code().is_none()
        && let Ok(seen) = observe(ctx, record.clone(), FAST_PROBE_LIMIT).await
        && !seen.health.healthy
    {
        return not_serving(seen);
    }
    let code = refusal.code().map(|it| format!(" (SQLSTATE {})", it.code())).unwrap_or_default();
    Error::Connection {
        target: format!("database `{database}` of instance `{}`", record.name),
        why: format!("{}{code}", refusal.why()),
        advice: None,
    }
}

fn not_serving(it: Observed) -> Error {
    let (name, state) = (it.record.name.to_string(), it.health.state.word().to_owned());
    match (it.seen, it.health.state.is_alive()) {
        (Err(err), _) => err,
        (Ok(_), true) => Error::Unwell { name, state, why: it.health.message },
        (Ok(_), false) => Error::NotServing { name, state },
    }
}

fn source(record: &Record, args: &ExecuteArgs) -> Result<Option<Source>, Error> {
    if let Some(sql) = args.sql.as_ref().or(args.word.as_ref()) {
        return Ok(Some(Source { sql: sql.clone() }));
    }
    if let Some(file) = &args.file {
        return Source::from_bytes(file, fs::read(file).doing("reading", file)?).map(Some);
    }
    if let Some(name) = &args.name {
        return stored(record, name);
    }
    if io::stdin().is_terminal() {
        return Err(Error::Usage("`content execute` needs SQL, --file, --name, or SQL on stdin".to_owned()));
    }
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes).doing("reading", Path::new("stdin"))?;
    Source::from_bytes(Path::new("stdin"), bytes).map(Some)
}

/// `None` where the content is there and is no SQL.
fn stored(record: &Record, name: &str) -> Result<Option<Source>, Error> {
    let artifact = name.parse().ok().and_then(|name| Artifact::find(&record.dir, &name));
    let Some(artifact) = artifact else {
        return Err(Error::Usage(format!("instance `{}` stores no content `{name}`", record.name)));
    };
    if !artifact.kind.is_sql() {
        return Ok(None);
    }
    let bytes = artifact.read()?.unwrap_or_default();
    Source::from_bytes(&artifact.path, bytes).map(Some)
}

fn options(text: &str) -> Result<Options, String> {
    let mut options = Options::default();
    for pair in text.split(',').map(str::trim).filter(|it| !it.is_empty()) {
        match pair.split_once('=') {
            Some(("timeout", value)) => {
                let seconds = value.parse().ok().filter(|it| (1..=86400).contains(it));
                options.timeout =
                    Some(Duration::from_secs(seconds.ok_or("timeout is a number from 1 to 86400")?));
            }
            Some(_) | None => return Err(format!("`{pair}` is not one of timeout=SECONDS")),
        }
    }
    Ok(options)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_checked_one_by_one() {
        assert_eq!(options("timeout=5").unwrap().timeout, Some(Duration::from_secs(5)));
        assert_eq!(options("").unwrap(), Options::default());
        for bad in ["timeout=0", "timeout=x", "speed=fast", "timeout"] {
            assert!(options(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_file_that_is_no_text_is_refused_and_a_byte_order_mark_dropped() {
        let of = |bytes: &[u8]| Source::from_bytes(Path::new("f"), bytes.to_vec());
        assert_eq!(of("\u{feff}SELECT 1".as_bytes()).unwrap().sql, "SELECT 1");
        assert!(of(&[0xff, 0xfe]).is_err());
        assert!(of(b"a\0b").is_err());
    }
}

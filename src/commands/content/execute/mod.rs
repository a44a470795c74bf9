//! `content execute`: SQL in, rows out as psql prints them.

pub mod destination;
mod options;
mod psql;
mod sources;

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::context::Ctx;
use crate::error::Error;
use crate::exit::{Skip, Verdict};
use crate::instances::artifacts::Kind;
use crate::instances::name::Name;
use crate::instances::passwords::kept;
use crate::instances::record::Record;
use crate::lifecycle::{need, session, target};
use crate::output::{BEYOND, Reply};
use crate::pg::connect::Target;
use crate::pg::render::settings::{Expanded, Format, Settings};
use crate::pg::run::{Count, Link, Passwords, Place, Runner, Scope, Screen, Variables, check, statements};
use crate::rules::limits::limit;
use options::{By, OnError, Options};
use sources::sources;

pub use sources::{Script, script};

/// How long before the end of its time a command ends what the server is at.
fn margin(limit: Duration) -> Duration {
    Duration::from_secs(1).min(limit / 4)
}

/// Run SQL and print what psql would print
#[derive(Clone, Debug, clap::Args)]
pub struct ExecuteArgs {
    /// Run the stored content of this name
    #[arg(long, group = "source")]
    pub name: Option<String>,
    /// Type of the stored content, where several have its name
    #[arg(long = "type", value_name = "TYPE", requires = "name", help_heading = BEYOND)]
    pub kind: Option<Kind>,
    /// Settings of the run: timeout=SECONDS, on-error=stop|continue, single-transaction, role=NAME, application_name=NAME,
    /// var.NAME=VALUE, engine=psql, shell=allow
    #[arg(long, value_name = "KEY=VALUE,...", value_parser = Options::parse)]
    pub options: Vec<Options>,
    /// SQL to run, or the instance or database that SQL from stdin runs in; without any source SQL is read from stdin
    #[arg(value_name = "SQL", group = "source", help_heading = BEYOND)]
    pub word: Option<String>,
    /// The same as SQL
    #[arg(long, value_name = "SQL", group = "source", help_heading = BEYOND)]
    pub sql: Option<String>,
    /// Run the SQL in this file (`-`: stdin); several are run in order, in one session
    #[arg(long, value_name = "FILE", group = "source", help_heading = BEYOND)]
    pub file: Vec<PathBuf>,
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

impl ExecuteArgs {
    /// How long the command may take: `timeout` if it asks for more than the contract's limit.
    pub fn limit(&self) -> Duration {
        let contract = limit("content execute");
        let margin = Duration::from_secs(5);
        self.options().timeout.map_or(contract, |it| contract.max(it + margin))
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

    fn options(&self) -> Options {
        Options::over(&self.options)
    }
}

/// Runs it.
pub async fn run(ctx: &Ctx, args: &ExecuteArgs) -> Result<Reply, Error> {
    let options = args.options();
    if options.by == By::Psql {
        psql::check(args, &options)?;
    }
    let args = &destination::with_named_place(ctx, args).await?;
    let instance = args.instance.clone().unwrap_or_else(Name::main);
    let record = need(ctx, &instance)?;
    let Some(scripts) = sources(&record, args)? else {
        return Ok(Reply::plain(Verdict::Skipped(Skip::NotExecutable)));
    };
    if scripts.iter().all(|(source, _)| source.text().trim().is_empty()) {
        return Err(Error::Usage(format!("`content execute` was given no SQL{}", named(&scripts))));
    }
    let database = destination::database(ctx, &record, args.database.as_deref(), &scripts).await?;
    let data = Box::new(ctx.out.writer());
    let limit = ctx.limit(args.limit());
    let run = Run { options, settings: args.settings(), data, limit, deadline: deadline(limit) };
    run.scripts(ctx, &record, &database, scripts).await?;
    Ok(Reply::plain(Verdict::Done))
}

/// Runs a script for another command: what it answers is not shown, notices are.
pub async fn apply(ctx: &Ctx, record: &Record, database: &str, script: Script) -> Result<(), Error> {
    let limit = limit("content add");
    let settings = Settings { quiet: true, ..Settings::default() };
    let data = Box::new(std::io::sink());
    let run = Run { options: Options::default(), settings, data, limit, deadline: deadline(limit) };
    run.scripts(ctx, record, database, vec![script]).await
}

/// A run that is about to begin.
struct Run {
    options: Options,
    settings: Settings,
    data: Box<dyn Write + Send>,
    limit: Duration,
    deadline: Instant,
}

/// When a command that may take so long has to begin to come to an end: soon enough to end what the server is at.
fn deadline(limit: Duration) -> Instant {
    Instant::now() + limit - margin(limit)
}

impl Run {
    async fn scripts(
        self,
        ctx: &Ctx,
        record: &Record,
        database: &str,
        scripts: Vec<Script>,
    ) -> Result<(), Error> {
        let target = self.target(record, database);
        let shell = self.options.shell.unwrap_or_default();
        let place = Place::default();
        let session = session::open(ctx, record, &target, place.notices(ctx.out)).await?;
        ctx.waiting.on(format!("`{}` to run the SQL", record.name));
        if self.options.by == By::Psql {
            let end = self.deadline + margin(self.limit) * 3 / 4;
            let (options, settings, deadline) = (&self.options, &self.settings, self.deadline);
            let task = psql::Task { target: &target, scripts: &scripts, options, settings, deadline, end };
            return psql::run(&task).await;
        }
        check(&scripts, shell).map_err(Error::Unsupported)?;
        let link = Link::new(session, target, passwords(record), &place, ctx.out);
        let mut screen = Screen::new(self.settings, self.data, ctx.out, &place);
        screen.expect(Count::of(|| statements(&scripts), ctx.out));
        let variables = variables(&self.options)?;
        let runner = Runner::new(link, screen, variables, shell, &place, self.deadline);
        let runner = runner.map_err(Error::Output)?.at_home(ctx.home.clone());
        by_itself(runner, scripts, self.options.scope).await
    }

    /// What the server or the user's role says about timeouts holds, unless another is asked for.
    fn target(&self, record: &Record, database: &str) -> Target {
        let mut target = target(record, database);
        target.statement_timeout = self.options.timeout;
        target.role.clone_from(&self.options.role);
        if let Some(name) = &self.options.application_name {
            target.application_name.clone_from(name);
        }
        target
    }
}

/// Runs scripts in a task of their own, beside the connection's: an answer passes from the one to the other without the
/// runtime looking for events in between, which would cost each statement some microseconds. The task ends with its caller.
async fn by_itself(mut runner: Runner, scripts: Vec<Script>, scope: Scope) -> Result<(), Error> {
    let mut run = JoinSet::new();
    run.spawn(async move { runner.run(&scripts, scope).await });
    match run.join_next().await {
        Some(Ok(ran)) => ran,
        Some(Err(err)) if err.is_panic() => std::panic::resume_unwind(err.into_panic()),
        Some(Err(_)) | None => Ok(()),
    }
}

/// The passwords of the instance's own user and of those whom `content create-user` has made.
fn passwords(record: &Record) -> Passwords {
    let (dir, user, password) = (record.dir.clone(), record.user.clone(), record.password.clone());
    Passwords::known(move |name| match name == user {
        true => Some(password.clone()),
        false => kept(&dir, name).ok().flatten(),
    })
}

/// psql's variables at the beginning, with those that the user gives.
fn variables(options: &Options) -> Result<Variables, Error> {
    let mut variables = Variables::new();
    if options.on_error == OnError::Stop {
        // As `psql -v ON_ERROR_STOP=1` has it.
        variables.record("ON_ERROR_STOP", "1");
    }
    for (name, value) in &options.variables {
        let set = variables.set(name, value.clone());
        set.map_err(|why| Error::Usage(format!("--options var.{name}: {}", why.replace('\n', " "))))?;
    }
    Ok(variables)
}

fn named(scripts: &[Script]) -> String {
    let names: Vec<&str> = scripts.iter().map(|(it, _)| it.name()).filter(|it| !it.is_empty()).collect();
    if names.is_empty() { String::new() } else { format!(": {} is empty", names.join(", ")) }
}

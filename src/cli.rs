//! The command line, typed: parsing, dispatch, deadline, and the one place that prints.

use std::env;
use std::io;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::commands::content::execute::{self, ExecuteArgs, RowFormat};
use crate::commands::content::{self, Content, migrate};
use crate::commands::contract::{self, Contract};
use crate::commands::credentials::{self, CredentialsArgs, CredentialsFormat};
use crate::commands::ensure::{self, EnsureArgs};
use crate::commands::flat::{self, FlatStartArgs, UpArgs};
use crate::commands::info::{self, InfoArgs};
use crate::commands::logs::{self, LogsArgs};
use crate::commands::manage::{self, Manage, install, restart, stop, uninstall};
use crate::commands::migrate_list::{self, MigrateListArgs};
use crate::commands::migrate_rollback::{self, MigrateRollbackArgs};
use crate::commands::seed::{self, SeedArgs};
use crate::commands::status::{self, StatusArgs};
use crate::commands::test::{self, Test};
use crate::commands::{help, programs};
use crate::context::Ctx;
use crate::error::Error;
use crate::exit::{FAILED, Verdict, may_skip, skip_code_is_chosen};
use crate::output::{Format, Out, Reply, Talk};
use crate::rules::limits::{UNBOUNDED, limit};

/// Isolated PostgreSQL instances for Vrooli
#[derive(Clone, Debug, Parser)]
#[command(name = "resource-postgres", version, disable_help_subcommand = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// The commands
#[derive(Clone, Debug, Subcommand)]
enum Command {
    /// Show examples, commands and defaults
    Help,
    Info(InfoArgs),
    /// Install, start, stop and remove the resource
    #[command(subcommand, arg_required_else_help = false)]
    Manage(Manage),
    /// Judge the resource itself
    #[command(subcommand)]
    Test(Test),
    /// Instances, stored SQL, and running it
    #[command(subcommand)]
    Content(Content),
    /// Judge resource directories by the contract, and look at contracts
    #[command(subcommand)]
    Contract(Contract),
    Status(StatusArgs),
    Logs(LogsArgs),
    Credentials(CredentialsArgs),
    Up(UpArgs),
    Ensure(EnsureArgs),
    /// `content execute`, and only the rows
    Query(ExecuteArgs),
    /// The same as `content execute`
    Exec(ExecuteArgs),
    /// The same as `content execute`
    Execute(ExecuteArgs),
    /// `manage install`, and 0 where it is installed already
    Install(install::InstallArgs),
    Start(FlatStartArgs),
    /// `manage stop`, and 0 where it does not run
    Stop(stop::StopArgs),
    /// `manage restart`
    Restart(restart::RestartArgs),
    /// `manage uninstall`, and 0 where nothing is installed
    Uninstall(uninstall::UninstallArgs),
    /// `content migrate`
    Migrate(migrate::up::UpArgs),
    /// `content migrate init`
    MigrateInit(migrate::init::InitArgs),
    /// `content migrate status`
    MigrateStatus(migrate::status::StatusArgs),
    MigrateRollback(MigrateRollbackArgs),
    MigrateList(MigrateListArgs),
    Seed(SeedArgs),
    /// Find or install PostgreSQL's programs
    #[command(hide = true)]
    Programs,
}

/// Commands of ours beside the contract's, by their full names.
pub const COMMANDS_BEYOND: &[&str] = &[
    "content backup",
    "content clone",
    "content create-database",
    "content create-instance",
    "content create-user",
    "content list-backups",
    "content list-instances",
    "content migrate",
    "content remove-database",
    "content remove-user",
    "content restore",
    "content upgrade",
    "content verify-backup",
    "contract",
    "ensure",
    "exec",
    "execute",
    "install",
    "migrate",
    "migrate-init",
    "migrate-list",
    "migrate-rollback",
    "migrate-status",
    "programs",
    "query",
    "restart",
    "seed",
    "start",
    "stop",
    "uninstall",
    "up",
];

/// Runs the program.
pub fn main() -> ExitCode {
    let matches = match Cli::command().try_get_matches() {
        Ok(matches) => matches,
        Err(err) => return unparsed(&err),
    };
    let name = name_of(&matches);
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(err) => return unparsed(&err),
    };
    let out = Out { talk: talk(&cli.command) };
    let ctx = Ctx::new(name, out);
    match bounded(&ctx, &cli.command).and_then(|reply| finish(&ctx, reply)) {
        Ok(code) => code.into(),
        // A reader that went away wanted no more: that is no failure of ours.
        Err(Error::Output(err)) if err.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(err) => {
            out.error(&err);
            FAILED.into()
        }
    }
}

fn finish(ctx: &Ctx, reply: Reply) -> Result<u8, Error> {
    let name = ctx.command.as_str();
    ctx.out.data(&reply.data)?;
    let Verdict::Skipped(skip) = reply.verdict else { return Ok(reply.verdict.code()) };
    debug_assert!(may_skip(name, skip), "`{name}` may not be skipped as {skip:?}");
    if reply.data.is_empty() {
        ctx.out.note(skip.message());
    }
    match skip_code_is_chosen(name) {
        true => ctx.settings.skip_exit_code.get().copied(),
        false => Ok(reply.verdict.code()),
    }
}

/// Runs a command within the contract's time. What it does not get done is dropped, and found by the next command.
fn bounded(ctx: &Ctx, command: &Command) -> Result<Reply, Error> {
    let name = ctx.command.as_str();
    let runtime = runtime(name)?;
    let Some(limit) = time_limit(name, command).map(|contract| ctx.limit(contract)) else {
        let result = runtime.block_on(dispatch(ctx, command));
        // Whoever gave up does not wait for what still reads.
        runtime.shutdown_background();
        return result;
    };
    let result = runtime.block_on(async { tokio::time::timeout(limit, dispatch(ctx, command)).await });
    runtime.shutdown_background();
    result.unwrap_or_else(|_| {
        Err(Error::OutOfTime { command: name.to_owned(), limit, waiting: ctx.waiting.what() })
    })
}

fn runtime(name: &str) -> Result<tokio::runtime::Runtime, Error> {
    let mut runtime = match name {
        // One connection, whose every answer would have to be handed from thread to thread.
        "content execute" | "content add" | "content migrate" | "content migrate up" => {
            tokio::runtime::Builder::new_current_thread()
        }
        // Twenty servers are asked at once, and each client's password proof costs a millisecond.
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    runtime.worker_threads(2).enable_all().build().map_err(Error::Output)
}

fn time_limit(name: &str, command: &Command) -> Option<std::time::Duration> {
    match command {
        Command::Logs(args) if args.follow => None,
        // Its migrations and seeds take as long as they take.
        Command::Content(Content::CreateInstance(args)) if args.is_filled() => None,
        // The suites are bounded where they run: what a source checkout has to build first does not count.
        Command::Test(_) => None,
        _ if UNBOUNDED.contains(&name) => None,
        // What it runs is bounded command by command.
        Command::Contract(Contract::Validate(args)) if args.layer > 1 => None,
        Command::Content(Content::Execute(args))
        | Command::Query(args)
        | Command::Exec(args)
        | Command::Execute(args) => Some(args.limit()),
        _ => Some(limit(name)),
    }
}

async fn dispatch(ctx: &Ctx, command: &Command) -> Result<Reply, Error> {
    match command {
        Command::Help => Ok(help::run(ctx, &Cli::command())),
        Command::Info(args) => info::run(ctx, args),
        Command::Manage(command) => manage::run(ctx, command).await,
        Command::Test(command) => test::run(ctx, *command).await,
        Command::Content(command) => content::run(ctx, command).await,
        Command::Contract(command) => contract::run(ctx, command, &Cli::command()).await,
        Command::Status(args) => status::run(ctx, args).await,
        Command::Logs(args) => logs::run(ctx, args).await,
        Command::Credentials(args) => credentials::run(ctx, args).await,
        Command::Query(args) => execute::run(ctx, &ExecuteArgs { tuples_only: true, ..args.clone() }).await,
        Command::Exec(args) | Command::Execute(args) => execute::run(ctx, args).await,
        Command::Up(_) => flat::up(ctx).await,
        Command::Ensure(args) => ensure::run(ctx, args).await,
        Command::Install(args) => flat::flat_install(ctx, args).await,
        Command::Start(args) => flat::flat_start(ctx, &args.which).await,
        Command::Stop(args) => flat::flat_stop(ctx, args).await,
        Command::Restart(args) => flat::flat_restart(ctx, args).await,
        Command::Uninstall(args) => flat::flat_uninstall(ctx, args).await,
        Command::Migrate(args) => migrate::up::run(ctx, args).await,
        Command::MigrateInit(args) => migrate::init::run(ctx, args).await,
        Command::MigrateStatus(args) => migrate::status::run(ctx, args).await,
        Command::MigrateRollback(args) => migrate_rollback::run(ctx, args).await,
        Command::MigrateList(args) => migrate_list::run(args),
        Command::Seed(args) => seed::run(ctx, args).await,
        Command::Programs => programs::run(ctx).await,
    }
}

/// Machine formats keep stderr empty: their callers merge both streams.
fn talk(command: &Command) -> Talk {
    let quiet = match command {
        Command::Status(args) => args.format() != Format::Text,
        Command::Info(args) => args.json,
        Command::Credentials(args) => args.format != CredentialsFormat::Text,
        Command::Content(Content::Execute(args))
        | Command::Query(args)
        | Command::Exec(args)
        | Command::Execute(args) => args.format != RowFormat::Text,
        Command::Content(Content::List(args)) => args.format != Format::Text,
        Command::Content(Content::ListInstances(args)) => args.format != Format::Text,
        Command::Content(Content::ListBackups(args)) => args.format != Format::Text,
        Command::Content(Content::Migrate(args)) => args.is_for_programs(),
        Command::MigrateStatus(args) => args.format != Format::Text,
        Command::Contract(Contract::Validate(args)) => args.format != contract::validate::TEXT,
        Command::Contract(Contract::Show(args)) => args.format != Format::Text,
        Command::Contract(Contract::Diff(args)) => args.format != Format::Text,
        _ => false,
    };
    if quiet { Talk::Quiet } else { Talk::Aloud }
}

/// `manage start` and its like, for messages and time limits.
fn name_of(matches: &clap::ArgMatches) -> String {
    let mut words = Vec::new();
    let mut at = matches.subcommand();
    while let Some((word, below)) = at {
        words.push(word);
        at = below.subcommand();
    }
    match words.as_slice() {
        // They are the same command, with the same codes and limit.
        ["query" | "exec" | "execute"] => "content execute".to_owned(),
        ["migrate"] => "content migrate up".to_owned(),
        ["migrate-init"] => "content migrate init".to_owned(),
        ["migrate-status"] => "content migrate status".to_owned(),
        ["migrate-rollback"] => "content migrate down".to_owned(),
        ["seed"] => "content add".to_owned(),
        words => words.join(" "),
    }
}

/// Help and version are answers; anything else is a usage error. clap ends those with 2, which the contract has
/// given another meaning.
fn unparsed(err: &clap::Error) -> ExitCode {
    let out = Out { talk: Talk::Aloud };
    match err.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => match out.data(&err.render().to_string()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => FAILED.into(),
        },
        _ => {
            out.note(&one_line(err));
            out.note(&format!("hint: see `resource-postgres {}--help`", named()));
            FAILED.into()
        }
    }
}

fn one_line(err: &clap::Error) -> String {
    let text = err.render().to_string();
    let paragraph = text.split("\n\n").next().unwrap_or_default();
    let line = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    match err.kind() {
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            "error: a command is missing".to_owned()
        }
        _ => line,
    }
}

/// The words that name a command, each with a space behind it: a hint leads to that command's own help.
fn named() -> String {
    let root = Cli::command();
    let mut at = &root;
    let mut name = String::new();
    for word in env::args_os().skip(1) {
        let Some(command) = at.get_subcommands().find(|it| word == it.get_name()) else { break };
        name.push_str(command.get_name());
        name.push(' ');
        at = command;
    }
    name
}

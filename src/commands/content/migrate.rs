//! `content migrate`: scripts that change a database step by step, each once, in order, and with a record.

use std::path::PathBuf;
use std::time::Duration;

use clap::Subcommand;

use crate::context::Ctx;
use crate::error::Error;
use crate::instances::name::Name;
use crate::lifecycle::migrate::{Server, Wanted};
use crate::lifecycle::need;
use crate::output::{BEYOND, Format, Reply};
use crate::pg::migrations::Scope;

pub mod baseline;
pub mod down;
pub mod init;
pub mod new;
pub mod plan;
pub mod redo;
pub mod repair;
pub mod status;
pub mod up;
pub mod verify;

/// How long somebody else may take who migrates the same.
const LOCK_WAIT_SECONDS: u64 = 60;

/// Apply migrations: scripts that change a database, each once and in order
#[derive(Clone, Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_value_name = "up|down|status|plan|verify|redo|new|repair|baseline|init"
)]
pub struct MigrateArgs {
    #[command(subcommand)]
    #[expect(missing_docs, reason = "a doc comment would become help")]
    pub command: Option<MigrateCommand>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "a doc comment would become help")]
    pub up: up::UpArgs,
}

impl MigrateArgs {
    /// Whether a program reads what it reports.
    pub fn is_for_programs(&self) -> bool {
        match &self.command {
            Some(MigrateCommand::Status(args)) => args.format != Format::Text,
            Some(MigrateCommand::Plan(args)) => args.format != Format::Text,
            Some(MigrateCommand::Verify(args)) => args.format != Format::Text,
            Some(_) | None => false,
        }
    }
}

/// What there is to do with migrations; alone, `content migrate` means `up`
#[derive(Clone, Debug, Subcommand)]
#[expect(missing_docs, reason = "each subcommand's arguments carry its help")]
pub enum MigrateCommand {
    Up(up::UpArgs),
    Down(down::DownArgs),
    Status(status::StatusArgs),
    Plan(plan::PlanArgs),
    Verify(verify::VerifyArgs),
    Redo(redo::RedoArgs),
    New(new::NewArgs),
    Repair(repair::RepairArgs),
    Baseline(baseline::BaselineArgs),
    Init(init::InitArgs),
}

/// Which migrations are meant, and of which database
#[derive(Clone, Debug, clap::Args)]
pub struct Which {
    /// Instance to migrate
    #[arg(long, value_name = "NAME", default_value_t = Name::main(), help_heading = BEYOND)]
    pub instance: Name,
    /// Database to migrate [default: the instance's]
    #[arg(long, value_name = "NAME", help_heading = BEYOND)]
    pub database: Option<String>,
    /// Folder of the migrations
    #[arg(long, visible_alias = "migrations-dir", value_name = "PATH", default_value = "migrations", help_heading = BEYOND)]
    pub dir: PathBuf,
    /// History that they belong to: folders that share a database have one each
    #[arg(long, value_name = "NAME", default_value_t = Scope::default(), help_heading = BEYOND)]
    pub scope: Scope,
}

/// The same, for those who wait for their turn
#[derive(Clone, Debug, clap::Args)]
pub struct Turn {
    #[command(flatten)]
    #[expect(missing_docs, reason = "a doc comment would become help")]
    pub which: Which,
    /// How long to wait for somebody else who migrates it
    #[arg(long, value_name = "SECONDS", default_value_t = LOCK_WAIT_SECONDS, help_heading = BEYOND)]
    pub lock_wait: u64,
}

impl Which {
    /// The migrations of this folder, for the database of an instance.
    pub fn of(instance: Name, dir: PathBuf) -> Self {
        Self { instance, database: None, dir, scope: Scope::default() }
    }

    /// The same with what is known of the instance.
    pub fn wanted(&self, ctx: &Ctx) -> Result<Wanted, Error> {
        let record = need(ctx, &self.instance)?;
        let database = ctx.settings.database.choose(self.database.as_deref(), &record.database)?.to_owned();
        Ok(Wanted {
            database,
            record,
            dir: self.dir.clone(),
            scope: self.scope.clone(),
            lock_wait: Duration::from_secs(LOCK_WAIT_SECONDS),
            server: Server::Users,
        })
    }
}

impl Turn {
    /// The usual wait.
    pub fn of(which: Which) -> Self {
        Self { which, lock_wait: LOCK_WAIT_SECONDS }
    }

    /// The same with what is known of the instance.
    pub fn wanted(&self, ctx: &Ctx) -> Result<Wanted, Error> {
        Ok(Wanted { lock_wait: Duration::from_secs(self.lock_wait), ..self.which.wanted(ctx)? })
    }
}

/// Does it.
pub async fn run(ctx: &Ctx, args: &MigrateArgs) -> Result<Reply, Error> {
    match &args.command {
        None => up::run(ctx, &args.up).await,
        Some(MigrateCommand::Up(args)) => up::run(ctx, args).await,
        Some(MigrateCommand::Down(args)) => down::run(ctx, args).await,
        Some(MigrateCommand::Status(args)) => status::run(ctx, args).await,
        Some(MigrateCommand::Plan(args)) => plan::run(ctx, args).await,
        Some(MigrateCommand::Verify(args)) => verify::run(ctx, args).await,
        Some(MigrateCommand::Redo(args)) => redo::run(ctx, args).await,
        Some(MigrateCommand::New(args)) => new::run(ctx, args),
        Some(MigrateCommand::Repair(args)) => repair::run(ctx, args).await,
        Some(MigrateCommand::Baseline(args)) => baseline::run(ctx, args).await,
        Some(MigrateCommand::Init(args)) => init::run(ctx, args).await,
    }
}

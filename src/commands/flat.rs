//! The flat forms `up install start stop restart uninstall`: the orchestrator's, which accepts nothing but 0.

use std::time::Duration;

use clap::Args;

use crate::commands::connection::url;
use crate::commands::manage::{install, restart, start, stop, uninstall};
use crate::commands::select::Which;
use crate::context::Ctx;
use crate::error::Error;
use crate::exit::Verdict;
use crate::instances::record::Record;
use crate::lifecycle::create::{Leave, Made};
use crate::lifecycle::{boot, need};
use crate::output::Reply;
use crate::secret::Secrets;

/// How long the server may take to answer once more after it has been proved.
const PROOF_LIMIT: Duration = Duration::from_secs(10);

/// Create `main` where it is missing, start it, prove it by a query, and say how to reach it
#[derive(Clone, Debug, Args)]
pub struct UpArgs {}

/// Start an instance; `main` is created where it is missing, and what runs already is success
#[derive(Clone, Debug, Args)]
pub struct FlatStartArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "a doc comment would become help")]
    pub which: Which,
}

/// `up`: one command to a running database.
pub async fn up(ctx: &Ctx) -> Result<Reply, Error> {
    wish_running(ctx, &Which::default()).await?;
    let record = need(ctx, &crate::instances::name::Name::main())?;
    let answer = boot::wait(ctx, &record, PROOF_LIMIT).await;
    let answer = answer.map_err(|not_up| not_up.into_error(&record, PROOF_LIMIT))?;
    Ok(Reply::data(Verdict::Done, welcome(&record, &answer.version)))
}

fn welcome(record: &Record, version: &str) -> String {
    format!(
        "PostgreSQL {version} answers at\n  {}\n\nNext:\n  \
         resource-postgres content execute \"SELECT version()\"\n  \
         resource-postgres credentials --show-secrets\n  \
         resource-postgres status --verbose\n",
        url(record, &record.database, Secrets::Masked)
    )
}

/// `install`: 0 where it is installed already.
pub async fn flat_install(ctx: &Ctx, args: &install::InstallArgs) -> Result<Reply, Error> {
    install::run(ctx, args).await.map(|reply| idempotent(ctx, reply))
}

/// `start`: creates `main` first where it is meant and missing.
pub async fn flat_start(ctx: &Ctx, which: &Which) -> Result<Reply, Error> {
    wish_running(ctx, which).await.map(|verdict| idempotent(ctx, Reply::plain(verdict)))
}

async fn wish_running(ctx: &Ctx, which: &Which) -> Result<Verdict, Error> {
    let means_main = which.names(ctx)?.iter().all(|name| name.as_str() == "main");
    if means_main && let Made::New(record) = install::main_instance(ctx, Leave::Running, false).await? {
        ctx.out.note(&format!("`{}` is created and running on port {}", record.name, record.port));
        return Ok(Verdict::Done);
    }
    start::run_flat(ctx, which).await
}

/// `stop`: 0 where it does not run.
pub async fn flat_stop(ctx: &Ctx, args: &stop::StopArgs) -> Result<Reply, Error> {
    stop::run(ctx, args).await.map(|reply| idempotent(ctx, reply))
}

/// `restart`: the same as `manage restart`, which has no code 2.
pub async fn flat_restart(ctx: &Ctx, args: &restart::RestartArgs) -> Result<Reply, Error> {
    restart::run(ctx, args).await
}

/// `uninstall`: 0 where nothing is installed.
pub async fn flat_uninstall(ctx: &Ctx, args: &uninstall::UninstallArgs) -> Result<Reply, Error> {
    uninstall::run(ctx, args).await.map(|reply| idempotent(ctx, reply))
}

/// Success, with the reason why nothing was done where nothing had to be.
fn idempotent(ctx: &Ctx, reply: Reply) -> Reply {
    if let Verdict::Skipped(skip) = reply.verdict {
        ctx.out.note(skip.message());
    }
    Reply { verdict: reply.verdict.idempotent(), data: reply.data }
}

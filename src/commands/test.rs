//! `test`: judge the resource itself, by the scripts that the contract names or through this very binary. `smoke` is always the
//! latter: its script calls back.

use std::path::Path;
use std::process::Stdio;

use clap::Subcommand;
use tokio::process::Command;

use crate::context::Ctx;
use crate::error::{Error, IoContext};
use crate::exit::{Skip, Verdict, may_skip};
use crate::output::{BEYOND, Reply};
use crate::rules::limits::limit;

/// The subcommands of `test`
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum Test {
    /// Run all phases
    All(PhaseArgs),
    /// Judge whole lifecycles on real servers
    Integration(PhaseArgs),
    /// Judge the parts of the program; needs a source checkout
    Unit(PhaseArgs),
    /// Judge within seconds whether the resource is well
    Smoke(PhaseArgs),
}

/// How to judge
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct PhaseArgs {
    /// Judge the resource through this binary, not with the test suites of a source checkout
    #[arg(long, hide = true, help_heading = BEYOND)]
    pub live: bool,
}

/// Runs one of them.
pub async fn run(ctx: &Ctx, command: Test) -> Result<Reply, Error> {
    let (script, args, phase): (&str, &[&str], PhaseArgs) = match command {
        Test::All(phase) => ("run-tests.sh", &["all"], phase),
        Test::Integration(phase) => ("phases/test-integration.sh", &[], phase),
        Test::Unit(phase) => ("phases/test-unit.sh", &[], phase),
        Test::Smoke(phase) => ("phases/test-smoke.sh", &[], phase),
    };
    let script = ctx.resource_dir.as_ref().map(|dir| dir.join("test").join(script)).filter(|it| it.is_file());
    let verdict = match script {
        Some(script) if !phase.live => delegate(ctx, &script, args).await?,
        Some(_) | None => live_in_time(ctx, command).await?,
    };
    Ok(Reply::plain(verdict))
}

async fn delegate(ctx: &Ctx, script: &Path, args: &[&str]) -> Result<Verdict, Error> {
    ctx.waiting.on(script.display().to_string());
    let mut command = Command::new(script);
    // A script that judges the living resource does it by this very program.
    command.args(args).env("POSTGRES_RESOURCE_BIN", ctx.program()?);
    let status = command.stdin(Stdio::null()).kill_on_drop(true).status().await;
    Ok(match status.doing("running", script)?.code() {
        Some(0) => Verdict::Done,
        Some(2) if may_skip(&ctx.command, Skip::NoTests) => Verdict::Skipped(Skip::NoTests),
        Some(_) | None => Verdict::Failed,
    })
}

/// One call of this binary, and what must come of it.
struct Check {
    claim: &'static str,
    args: &'static [&'static str],
    code: i32,
    stdout: &'static str,
}

/// What a resource that is well answers.
const SMOKE: &[Check] = &[
    Check { claim: "help shows the commands", args: &["help"], code: 0, stdout: "Available commands" },
    Check { claim: "info names the start order", args: &["info"], code: 0, stdout: "startup_order" },
    Check {
        claim: "status finds the resource healthy",
        args: &["status"],
        code: 0,
        stdout: "✅ Running: Yes",
    },
    Check {
        claim: "`main` answers a query",
        args: &["content", "execute", "SELECT 1 AS one"],
        code: 0,
        stdout: "one",
    },
    Check { claim: "credentials hide the password", args: &["credentials"], code: 0, stdout: "********" },
    Check { claim: "an unknown command fails", args: &["no-such-command"], code: 1, stdout: "" },
];

/// A whole life, in a folder of its own.
const INTEGRATION: &[Check] = &[
    Check { claim: "nothing runs at first", args: &["status"], code: 2, stdout: "❌ Running: No" },
    Check { claim: "install creates `main`", args: &["manage", "install"], code: 0, stdout: "" },
    Check { claim: "install again is skipped", args: &["manage", "install"], code: 2, stdout: "" },
    Check { claim: "start starts it", args: &["manage", "start", "--wait"], code: 0, stdout: "" },
    Check { claim: "start again is skipped", args: &["manage", "start"], code: 2, stdout: "" },
    Check { claim: "status finds it healthy", args: &["status"], code: 0, stdout: "✅ Running: Yes" },
    Check {
        claim: "SQL writes",
        args: &["content", "execute", "CREATE TABLE kept AS SELECT 42 AS answer"],
        code: 0,
        stdout: "SELECT 1",
    },
    Check {
        claim: "a second instance stands beside it",
        args: &["content", "create-instance", "second"],
        code: 0,
        stdout: "",
    },
    Check { claim: "it is listed", args: &["content", "list"], code: 0, stdout: "second" },
    Check {
        claim: "it can be removed",
        args: &["content", "remove", "--name", "second", "--force"],
        code: 0,
        stdout: "",
    },
    Check { claim: "restart restarts it", args: &["manage", "restart"], code: 0, stdout: "" },
    Check { claim: "stop stops it", args: &["manage", "stop"], code: 0, stdout: "" },
    Check { claim: "stop again is skipped", args: &["manage", "stop"], code: 2, stdout: "" },
    Check { claim: "it starts again", args: &["manage", "start", "--wait"], code: 0, stdout: "" },
    Check {
        claim: "its data is still there",
        args: &["content", "execute", "SELECT answer FROM kept"],
        code: 0,
        stdout: "42",
    },
    Check { claim: "logs are kept", args: &["logs"], code: 0, stdout: "database system is ready" },
    Check { claim: "uninstall removes it", args: &["manage", "uninstall", "--force"], code: 0, stdout: "" },
    Check {
        claim: "uninstall again is skipped",
        args: &["manage", "uninstall", "--force"],
        code: 2,
        stdout: "",
    },
];

async fn live_in_time(ctx: &Ctx, command: Test) -> Result<Verdict, Error> {
    let limit = limit(&ctx.command);
    tokio::time::timeout(limit, live(ctx, command)).await.unwrap_or_else(|_| {
        Err(Error::OutOfTime { command: ctx.command.clone(), limit, waiting: ctx.waiting.what() })
    })
}

async fn live(ctx: &Ctx, command: Test) -> Result<Verdict, Error> {
    match command {
        Test::Smoke(_) => checks(ctx, SMOKE, None).await,
        Test::Integration(_) => in_a_folder_of_its_own(ctx).await,
        Test::Unit(_) => Ok(Verdict::Skipped(Skip::NoTests)),
        Test::All(_) => {
            let smoke = checks(ctx, SMOKE, None).await?;
            Ok(Verdict::over([smoke, in_a_folder_of_its_own(ctx).await?]))
        }
    }
}

async fn in_a_folder_of_its_own(ctx: &Ctx) -> Result<Verdict, Error> {
    use std::os::unix::fs::PermissionsExt;
    // Root's servers run as another user, who has to get through this folder.
    let permissions = std::fs::Permissions::from_mode(0o711);
    let dir = tempfile::Builder::new().prefix("resource-postgres-").permissions(permissions).tempdir();
    let dir = dir.doing("making a folder in", &std::env::temp_dir())?;
    let verdict = checks(ctx, INTEGRATION, Some(&dir.path().join("instances"))).await;
    dir.close().doing("deleting the folder of", Path::new("the test"))?;
    verdict
}

async fn checks(ctx: &Ctx, all: &[Check], instances: Option<&Path>) -> Result<Verdict, Error> {
    let mut failed = 0;
    for check in all {
        ctx.waiting.on(format!("`{}`", check.args.join(" ")));
        let problem = problem(ctx, check, instances).await?;
        let line = match &problem {
            None => format!("ok - {}\n", check.claim),
            Some(why) => format!("not ok - {}: {why}\n", check.claim),
        };
        failed += usize::from(problem.is_some());
        ctx.out.data(&line)?;
    }
    ctx.out.data(&format!("{} passed, {failed} failed\n", all.len() - failed))?;
    Ok(if failed == 0 { Verdict::Done } else { Verdict::Failed })
}

async fn problem(ctx: &Ctx, check: &Check, instances: Option<&Path>) -> Result<Option<String>, Error> {
    let binary = ctx.program()?;
    let mut command = Command::new(&binary);
    command.args(check.args).stdin(Stdio::null()).kill_on_drop(true);
    // Every check says which code it wants, and they are the contract's; which database a caller prefers says nothing about
    // the resource.
    for name in ["POSTGRES_SKIP_EXIT_CODE", "POSTGRES_DB", "POSTGRES_DEFAULT_DB"] {
        command.env_remove(name);
    }
    if let Some(dir) = instances {
        // Containers have their names on the whole machine.
        let prefix = format!("resource-postgres-test-{}", std::process::id());
        command.env("POSTGRES_INSTANCES_DIR", dir).env("POSTGRES_CONTAINER_PREFIX", prefix);
    }
    let output = command.output().await.doing("running", &binary)?;
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.code() != Some(check.code) {
        let said = stderr.lines().next().map(|it| format!(": {it}")).unwrap_or_default();
        return Ok(Some(format!("{}, not {}{said}", output.status, check.code)));
    }
    if !stdout.contains(check.stdout) {
        return Ok(Some(format!("`{}` is not in its output", check.stdout)));
    }
    Ok(None)
}

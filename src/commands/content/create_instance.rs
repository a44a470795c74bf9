//! `content create-instance`: one more instance, running and proved.

use std::fs;
use std::path::PathBuf;

use crate::commands::content::migrate::up::{self, UpArgs};
use crate::commands::content::migrate::{Turn, Which};
use crate::commands::seed::{self, SeedArgs};
use crate::context::Ctx;
use crate::error::{Error, IoContext};
use crate::exit::Verdict;
use crate::instances::name::Name;
use crate::lifecycle::create::{Leave, Made, Wanted, create};
use crate::output::{BEYOND, Reply};
use crate::pg::migrations::read;
use crate::rules::drift::OutOfOrder;

/// Create an instance and start it; one that exists with the same parameters is success
#[derive(Clone, Debug, clap::Args)]
pub struct CreateInstanceArgs {
    /// Name of the instance
    pub name: Name,
    /// Template of its configuration [default: development]
    #[arg(long, help_heading = BEYOND)]
    pub template: Option<String>,
    /// Port on 127.0.0.1 [default: the next that is free]
    #[arg(long, help_heading = BEYOND)]
    pub port: Option<u16>,
    /// Folder of migrations that its database gets
    #[arg(long, value_name = "PATH", help_heading = BEYOND)]
    pub migrations: Option<PathBuf>,
    /// File or folder of seeds that its database gets, after the migrations
    #[arg(long, value_name = "PATH", help_heading = BEYOND)]
    pub seeds: Option<PathBuf>,
}

impl CreateInstanceArgs {
    /// Whether its database is filled, too.
    pub fn is_filled(&self) -> bool {
        self.migrations.is_some() || self.seeds.is_some()
    }
}

/// Creates it.
pub async fn run(ctx: &Ctx, args: &CreateInstanceArgs) -> Result<Reply, Error> {
    if let Some(why) = &ctx.moved {
        ctx.out.note(why);
    }
    refuse_what_is_not_there(args)?;
    let wanted = Wanted { name: args.name.clone(), template: args.template.clone(), port: args.port };
    let made = create(ctx, &wanted, Leave::Running).await?;
    let record = made.record();
    ctx.out.note(&match &made {
        Made::New(_) => format!("`{}` is running on port {} and has answered a query", record.name, record.port),
        Made::Existing(_) => format!("`{}` exists already, on port {}", record.name, record.port),
        Made::Restored(_) => format!(
            "`{}` is back in use with the data that was kept, on port {}: `resource-postgres start --instance {}`",
            record.name, record.port, record.name
        ),
    });
    fill(ctx, args).await?;
    Ok(Reply::plain(Verdict::Done))
}

/// What cannot be read is no reason to create anything.
fn refuse_what_is_not_there(args: &CreateInstanceArgs) -> Result<(), Error> {
    if let Some(dir) = &args.migrations {
        read(dir)?;
    }
    if let Some(path) = &args.seeds {
        fs::metadata(path).doing("reading the seeds in", path)?;
    }
    Ok(())
}

/// What was filled before is left as it is, so that the same command goes on after a failure.
async fn fill(ctx: &Ctx, args: &CreateInstanceArgs) -> Result<(), Error> {
    let instance = args.name.clone();
    if let Some(dir) = args.migrations.clone() {
        let turn = Turn::of(Which::of(instance.clone(), dir));
        let up = UpArgs { turn, to: None, out_of_order: OutOfOrder::default(), deny: None };
        up::run(ctx, &up).await?;
    }
    if let Some(seed_path) = args.seeds.clone() {
        seed::run(ctx, &SeedArgs { seed_path, instance, database: None, force: false }).await?;
    }
    Ok(())
}

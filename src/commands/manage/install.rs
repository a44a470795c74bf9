//! `manage install`: programs, the instance `main`, and a proof that it works.

use crate::context::Ctx;
use crate::engine::Engine;
use crate::error::Error;
use crate::exit::{Skip, Verdict};
use crate::instances::name::Name;
use crate::instances::record::Creation;
use crate::lifecycle::create::{Leave, Made, Wanted, create};
use crate::output::{BEYOND, Reply};

/// Install PostgreSQL's programs where they are missing, and create the instance `main`
#[derive(Clone, Debug, Default, clap::Args)]
pub struct InstallArgs {
    /// Ask nothing: install at once
    #[arg(long)]
    pub force: bool,
    /// Do not start the new instance to prove it
    #[arg(long)]
    pub skip_validation: bool,
    /// Say which programs are used
    #[arg(long, help_heading = BEYOND)]
    pub verbose: bool,
}

/// Leaves `main` created, proved and stopped.
pub async fn run(ctx: &Ctx, args: &InstallArgs) -> Result<Reply, Error> {
    let main = Name::main();
    let installed = ctx.store.find(&main)?.is_some_and(|record| match record.creation {
        Creation::Finished => true,
        Creation::Unproved => args.skip_validation,
        Creation::Unfinished | Creation::Cloning => false,
    });
    if installed {
        return Ok(Reply::plain(Verdict::Skipped(Skip::AlreadyInstalled)));
    }
    let leave = if args.skip_validation { Leave::Unproved } else { Leave::Stopped };
    let made = main_instance(ctx, leave, args.verbose).await?;
    let record = made.record();
    ctx.out.note(&match (&made, leave) {
        // Another command has been quicker.
        (Made::Existing(_), _) => return Ok(Reply::plain(Verdict::Skipped(Skip::AlreadyInstalled))),
        (Made::Restored(_), _) => {
            format!("`{main}` is back in use with the data that was kept, on port {}", record.port)
        }
        (Made::New(_), Leave::Unproved) => {
            format!("`{main}` is made on port {}; its first start proves it", record.port)
        }
        (Made::New(_), Leave::Running | Leave::Stopped | Leave::Unhanded) => {
            format!("`{main}` is created on port {} and has answered a query; it is stopped", record.port)
        }
    });
    ctx.out.note("next: resource-postgres manage start");
    Ok(Reply::plain(Verdict::Done))
}

/// Creates `main` if it is not there.
pub async fn main_instance(ctx: &Ctx, leave: Leave, verbose: bool) -> Result<Made, Error> {
    if let Some(why) = &ctx.moved {
        ctx.out.note(why);
    }
    let made = create(ctx, &Wanted { name: Name::main(), template: None, port: None }, leave).await?;
    if verbose {
        let programs = ctx.engine.provide(&ctx.site(made.record()), &|line| ctx.out.note(line)).await?;
        ctx.out.note(&format!("using {programs}"));
    }
    Ok(made)
}

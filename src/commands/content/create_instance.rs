//! `content create-instance`: one more instance, running and proved.

use crate::context::Ctx;
use crate::error::Error;
use crate::exit::Verdict;
use crate::instances::name::Name;
use crate::lifecycle::create::{Leave, Made, Wanted, create};
use crate::output::{BEYOND, Reply};

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
}

/// Creates it.
pub async fn run(ctx: &Ctx, args: &CreateInstanceArgs) -> Result<Reply, Error> {
    if let Some(why) = &ctx.moved {
        ctx.out.note(why);
    }
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
    Ok(Reply::plain(Verdict::Done))
}

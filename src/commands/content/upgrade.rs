//! `content upgrade`: an instance of a later major version, made beside the old one, whose place it takes once it is confirmed.

use std::num::NonZero;

use crate::commands::content::remove_database::Consent;
use crate::context::Ctx;
use crate::error::Error;
use crate::exit::Verdict;
use crate::instances::name::Name;
use crate::lifecycle::upgrade::confirm::{self, Stage};
use crate::lifecycle::upgrade::{Method, Wanted, carry_out, prepare, sessions, tidy};
use crate::lifecycle::{need, unless_interrupted};
use crate::output::Reply;
use crate::units::counted;

/// Make an instance of a later major version of one, which stays as it is; `--confirm` lets the new one take its place
#[derive(Clone, Debug, clap::Args)]
pub struct UpgradeArgs {
    /// Instance to upgrade
    pub instance: Name,
    /// Major version of the new instance, such as 18
    #[arg(long, value_name = "VERSION", required_unless_present = "confirm")]
    pub to: Option<u32>,
    /// How it gets what INSTANCE has
    #[arg(long, value_enum, default_value_t = Method::Dump)]
    pub method: Method,
    /// Name of the new instance [default: INSTANCE-VERSION]; with `--confirm` which is meant of several
    #[arg(long = "as", value_name = "NEW")]
    pub name: Option<Name>,
    /// Port of the new instance on 127.0.0.1 until it is confirmed [default: the next that is free]
    #[arg(long)]
    pub port: Option<u16>,
    /// How many tables or files are worked on at once
    #[arg(long, value_name = "N", default_value = "2")]
    pub jobs: NonZero<u32>,
    /// Image of the new instance's container [default: that of INSTANCE, with the tag of the other version]
    #[arg(long, value_name = "REF")]
    pub image: Option<String>,
    /// Let the new instance take name and port of INSTANCE, which is stopped and kept as INSTANCE-ITS_VERSION
    #[arg(long, conflicts_with_all = ["to", "method", "port", "jobs", "image"])]
    pub confirm: bool,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
}

/// Upgrades, or confirms.
pub async fn run(ctx: &Ctx, args: &UpgradeArgs) -> Result<Reply, Error> {
    match args.to {
        Some(to) => upgrade(ctx, args, to).await,
        None => confirm(ctx, args).await,
    }
}

async fn upgrade(ctx: &Ctx, args: &UpgradeArgs, to: u32) -> Result<Reply, Error> {
    if let Some(why) = &ctx.moved {
        ctx.out.note(why);
    }
    let name = match &args.name {
        Some(name) => name.clone(),
        None => format!("{}-{to}", args.instance).parse().map_err(|why| {
            Error::Usage(format!(
                "`{}-{to}` cannot be the name of an instance, and `--as` gives another: {why}",
                args.instance
            ))
        })?,
    };
    let wanted = Wanted {
        source: args.instance.clone(),
        to,
        method: args.method,
        name,
        port: args.port,
        jobs: args.jobs.get(),
        image: args.image.clone(),
    };
    let upgrade = prepare(ctx, wanted).await?;
    if upgrade.interrupts() {
        let sessions = sessions(ctx, upgrade.old()).await?;
        let what =
            format!("stopping `{}` while its files are copied, and ending {}", args.instance, told(sessions));
        Consent::by(args.yes).obtain_by(&what, "--yes")?;
    }
    let made = unless_interrupted(ctx, carry_out(ctx, &upgrade)).await;
    if let Err(Error::Ended { .. }) = &made {
        tidy(ctx, &args.instance).await?;
    }
    let (record, old) = (made?, &args.instance);
    ctx.out.note(&format!(
        "`{}` runs PostgreSQL {to} on port {} with what `{old}` ({}) had when it was read; what is written there since is not in it",
        record.name,
        record.port,
        upgrade.major()
    ));
    ctx.out.note(&format!(
        "next: resource-postgres content upgrade {old} --confirm; or content remove --name {} --force",
        record.name
    ));
    Ok(Reply::plain(Verdict::Done))
}

fn told(sessions: u32) -> String {
    counted(usize::try_from(sessions).unwrap_or(usize::MAX), "session")
}

async fn confirm(ctx: &Ctx, args: &UpgradeArgs) -> Result<Reply, Error> {
    let change = confirm::find(ctx, &args.instance, args.name.as_ref())?;
    confirm::check(ctx, &change).await?;
    let name = &change.name;
    if let Stage::Beside(successor) = &change.stage {
        // What does not run has none.
        let sessions = sessions(ctx, &need(ctx, name)?).await.unwrap_or_default();
        let what = format!(
            "putting `{successor}` in the place of `{name}`, without what was written to that since, and ending {}",
            told(sessions)
        );
        Consent::by(args.yes).obtain_by(&what, "--yes")?;
    }
    let record = confirm::carry_out(ctx, &change, args.name.as_ref()).await?;
    let version = record.version.map(|it| format!(" {it}")).unwrap_or_default();
    ctx.out.note(&format!("`{name}` runs PostgreSQL{version} on port {}", record.port));
    if let Some(old) = ctx.store.find(&change.aside)? {
        if old.archive.is_some() && record.archive.is_none() {
            ctx.out.note(&format!(
                "`{name}` is not archived any more: resource-postgres content backup enable-pitr --instance {name} --yes"
            ));
        }
        ctx.out.note(&format!(
            "what it was before is kept, stopped, as `{0}`: content remove --name {0} --force deletes it",
            change.aside
        ));
    }
    Ok(Reply::plain(Verdict::Done))
}

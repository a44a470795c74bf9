//! `content backup schedule`: when an instance is backed up, and what stays.

use crate::backups::metadata::Kind;
use crate::backups::schedule::{Schedule, Verify};
use crate::commands::content::backup::timer;
use crate::context::Ctx;
use crate::error::Error;
use crate::exit::Verdict;
use crate::instances::name::Name;
use crate::lifecycle::need;
use crate::output::{BEYOND, Reply};
use crate::rules::schedule::{Keep, cron, span};

/// Say when an instance is backed up and what stays, or show it; `run-due` does it
#[derive(Clone, Debug, clap::Args)]
pub struct ScheduleArgs {
    /// Instance to back up
    #[arg(long, value_name = "NAME", default_value_t = Name::main(), help_heading = BEYOND)]
    pub instance: Name,
    /// How long behind the last one the next is due, such as 30m, 6h or 1d
    #[arg(long, value_name = "SPAN", value_parser = checked_span, help_heading = BEYOND)]
    pub every: Option<String>,
    /// When they are due, as a cron expression of five fields, in UTC
    #[arg(long, value_name = "CRON", value_parser = checked_cron, conflicts_with = "every", help_heading = BEYOND)]
    pub cron: Option<String>,
    /// What is in them
    #[arg(long = "type", value_name = "TYPE", value_enum, default_value_t, hide_default_value = true, help_heading = BEYOND)]
    pub kind: Kind,
    /// The latest of how many days, weeks, months and years stay
    #[arg(long, value_name = "LIST", default_value = "7d,4w,12m", value_parser = checked_keep, help_heading = BEYOND)]
    pub keep: String,
    /// How often the latest is proved
    #[arg(long, value_enum, help_heading = BEYOND)]
    pub verify: Option<Verify>,
    /// Back it up no more
    #[arg(long, conflicts_with_all = ["every", "cron", "verify"], help_heading = BEYOND)]
    pub off: bool,
    /// Let systemd, or else cron, run what is due of all instances
    #[arg(long, conflicts_with_all = ["off", "remove_timer"], help_heading = BEYOND)]
    pub install_timer: bool,
    /// Let them run it no more
    #[arg(long, help_heading = BEYOND)]
    pub remove_timer: bool,
}

fn checked_span(text: &str) -> Result<String, String> {
    span(text).map(|_| text.to_owned())
}

fn checked_cron(text: &str) -> Result<String, String> {
    cron(text).map(|_| text.to_owned())
}

fn checked_keep(text: &str) -> Result<String, String> {
    text.parse::<Keep>().map(|_| text.to_owned())
}

/// Writes it down, or shows it.
pub async fn run(ctx: &Ctx, args: &ScheduleArgs) -> Result<Reply, Error> {
    let name = args.instance.as_str();
    if args.remove_timer {
        timer::remove(ctx).await?;
    }
    if args.off {
        ctx.backups.set_schedule(name, None)?;
        ctx.out.note(&format!("`{name}` is not backed up by schedule"));
        return Ok(Reply::plain(Verdict::Done));
    }
    let is_new = args.every.is_some() || args.cron.is_some();
    if is_new {
        need(ctx, &args.instance)?;
    }
    // First, since a timer without a schedule does nothing.
    if args.install_timer {
        timer::install(ctx).await?;
    }
    if is_new {
        let (every, cron) = (args.every.clone(), args.cron.clone());
        let (kind, keep, verify) = (args.kind, args.keep.clone(), args.verify);
        let schedule = Schedule { every, cron, kind, keep, verify };
        ctx.backups.set_schedule(name, Some(&schedule))?;
    }
    if is_new && !args.install_timer {
        ctx.out.note(
            "next: `--install-timer`, or something else that runs `resource-postgres content backup run-due`",
        );
    }
    let text = match ctx.backups.schedule(name)? {
        None => format!("{name}: no schedule\n"),
        Some(it) => format!("{name}: {}\n", told(&it)),
    };
    Ok(Reply::data(Verdict::Done, text))
}

fn told(it: &Schedule) -> String {
    let when = match (&it.every, &it.cron) {
        (Some(every), _) => format!("every {every}"),
        (None, cron) => format!("at `{}`", cron.as_deref().unwrap_or_default()),
    };
    let verify = it.verify.map(|it| format!(", proved {}", it.word()));
    format!("{}, {when}, keeping {}{}", it.kind.word(), it.keep, verify.unwrap_or_default())
}

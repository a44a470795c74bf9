//! `status`: does it run, does it answer, where is it? Every word of it is observed now.

use std::fmt::Write;
use std::time::Duration;

use serde::Serialize;
use tokio::task::JoinSet;

use crate::context::Ctx;
use crate::error::Error;
use crate::exit::Verdict;
use crate::files::free_bytes;
use crate::instances::name::Name;
use crate::instances::record::{Creation, Desired, Record};
use crate::lifecycle::observe::{FAST_PROBE_LIMIT, Observed, PROBE_LIMIT, Unseen, observe_all};
use crate::lifecycle::{no_instance, target};
use crate::output::{BEYOND, Format, Reply, Report};
use crate::pg::admin::facts;
use crate::pg::connect::connect;
use crate::rules::judge::{Counted, State, overall, overall_with_main};
use crate::rules::summary::summary;
use crate::runtime::Kind;
use crate::settings::DATABASE;
use crate::units::{size, span};

/// The instance that the resource is to its callers.
const MAIN: &str = "main";

/// Show whether the instances run, and whether they answer
#[derive(Clone, Debug, clap::Args)]
pub struct StatusArgs {
    /// Format of the report
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Add version, uptime, connections, sizes and disk space
    #[arg(long)]
    pub verbose: bool,
    /// Instance to look at [default: all]
    #[arg(value_name = "INSTANCE", help_heading = BEYOND)]
    pub name: Option<Name>,
    /// The same as INSTANCE
    #[arg(long, value_name = "NAME", conflicts_with = "name", help_heading = BEYOND)]
    pub instance: Option<Name>,
    /// Look at all instances, as it does anyway
    #[arg(long, conflicts_with_all = ["name", "instance"], help_heading = BEYOND)]
    pub all: bool,
    /// The same as `--format json`
    #[arg(long, conflicts_with = "format", help_heading = BEYOND)]
    pub json: bool,
    /// Give each server half a second to answer instead of two
    #[arg(long, help_heading = BEYOND)]
    pub fast: bool,
}

impl StatusArgs {
    /// The format, by either flag.
    pub fn format(&self) -> Format {
        if self.json { Format::Json } else { self.format }
    }
}

/// The resource's status. The order of the first fields is upstream's, and callers rely on it.
#[derive(Debug, Serialize)]
pub struct StatusReport {
    name: &'static str,
    category: &'static str,
    description: &'static str,
    installed: bool,
    running: bool,
    healthy: bool,
    health_message: String,
    total_instances: usize,
    running_instances: usize,
    healthy_instances: usize,
    port: u16,
    database: String,
    user: String,
    connection_string: String,
    image: String,
    max_instances: usize,
    port_range_start: u16,
    port_range_end: u16,
    status: &'static str,
    instances: Vec<InstanceReport>,
}

/// One instance's status.
#[derive(Debug, Serialize)]
pub struct InstanceReport {
    name: Name,
    state: State,
    healthy: bool,
    message: String,
    port: u16,
    database: String,
    user: String,
    template: String,
    engine: &'static str,
    desired: &'static str,
    #[serde(flatten)]
    details: Details,
}

/// What `--verbose` adds.
#[derive(Debug, Default, Serialize)]
struct Details {
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    uptime_seconds: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    connections: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_connections: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    databases: Option<Vec<DatabaseReport>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data_directory: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    disk_free_bytes: Option<u64>,
}

/// One database's size.
#[derive(Debug, Serialize)]
pub struct DatabaseReport {
    name: String,
    size_bytes: u64,
}

/// Observes the instances and reports.
pub async fn run(ctx: &Ctx, args: &StatusArgs) -> Result<Reply, Error> {
    let asked = args.instance.as_ref().or(args.name.as_ref());
    let limit = if args.fast { FAST_PROBE_LIMIT } else { PROBE_LIMIT };
    ctx.waiting.on("the servers to answer");
    let (observed, mut unseen) = observe_all(ctx, asked, limit).await?;
    if let Some(name) = asked.filter(|_| observed.is_empty()) {
        match unseen.pop() {
            Some(it) => return Err(it.err),
            // `main` is the resource itself: without it the resource is not installed, which is no error.
            None if name.as_str() != "main" => return Err(no_instance(ctx, name)),
            None => {}
        }
    }
    let verdict = match asked {
        Some(_) => verdict_on_one(&observed),
        None => verdict(&observed, &unseen),
    };
    let instances = observed.iter().map(instance_report).collect();
    let mut report = resource_report(ctx, verdict, &observed, instances);
    if unseen.iter().any(|it| it.name.as_str() == MAIN) {
        report.speak_of_nobody(ctx);
    }
    if args.verbose {
        add_details(ctx, &mut report.instances, observed, limit).await;
    }
    report.add(&unseen);
    Reply::report(verdict, args.format(), &report)
}

/// The verdict on an instance that was asked for by name. One that was stopped on purpose is "not running" then.
fn verdict_on_one(observed: &[Observed]) -> Verdict {
    let half = |it: &Observed| match it.record.creation {
        Creation::Finished => false,
        Creation::Unproved => it.health.state.is_alive(),
        Creation::Unfinished | Creation::Cloning => true,
    };
    if observed.iter().any(half) {
        return Verdict::Failed;
    }
    let counted = observed.iter().map(|it| Counted { creation: Creation::Finished, ..counted(it) });
    overall(&counted.collect::<Vec<_>>())
}

/// The verdict on the resource.
fn verdict(observed: &[Observed], unseen: &[Unseen]) -> Verdict {
    let (main, others): (Vec<_>, Vec<_>) = observed.iter().partition(|it| is_main(it));
    let others: Vec<Counted> = others.into_iter().map(counted).collect();
    let verdict = match main.as_slice() {
        [main, ..] => overall_with_main(counted(main), &others),
        [] => overall(&others),
    };
    match (main.is_empty(), verdict) {
        _ if unseen.is_empty() => verdict,
        // `main` does not run, whatever is wrong with the others.
        (false, Verdict::Skipped(_)) => verdict,
        (true, Verdict::Skipped(_)) | (_, Verdict::Done | Verdict::Failed) => Verdict::Failed,
    }
}

fn counted(it: &Observed) -> Counted {
    Counted { creation: it.record.creation, desired: it.record.desired, state: it.health.state }
}

fn is_main(it: &Observed) -> bool {
    it.record.name.as_str() == MAIN
}

fn resource_report(
    ctx: &Ctx,
    verdict: Verdict,
    observed: &[Observed],
    instances: Vec<InstanceReport>,
) -> StatusReport {
    let settings = &ctx.settings;
    let main = observed.iter().find(|it| is_main(it));
    // The addresses of the resource are those of `main`, or of its only instance.
    let address = Address::of(ctx, main.or(observed.first()).map(|it| &it.record));
    let running_instances = instances.iter().filter(|it| it.state.is_alive()).count();
    let running = match (main, verdict) {
        (Some(_), Verdict::Skipped(_)) => false,
        (Some(main), Verdict::Done | Verdict::Failed) => main.health.state.is_alive(),
        (None, _) => running_instances > 0,
    };
    StatusReport {
        name: "postgres",
        category: "storage",
        description: "Isolated PostgreSQL instances",
        installed: !observed.is_empty(),
        running,
        healthy: verdict == Verdict::Done,
        health_message: health_message(verdict, observed),
        total_instances: instances.len(),
        running_instances,
        healthy_instances: instances.iter().filter(|it| it.healthy).count(),
        connection_string: address.url(),
        port: address.port,
        database: address.database,
        user: address.user,
        image: settings.image.or_default().clone(),
        max_instances: *settings.max_instances.or_default(),
        port_range_start: *settings.port_range.or_default().start(),
        port_range_end: *settings.port_range.or_default().end(),
        status: match verdict {
            Verdict::Done => "healthy",
            Verdict::Failed => "unhealthy",
            Verdict::Skipped(_) if observed.is_empty() => "not installed",
            Verdict::Skipped(_) => "not running",
        },
        instances,
    }
}

/// Where the resource is reached.
#[derive(Debug)]
struct Address {
    port: u16,
    database: String,
    user: String,
}

impl Address {
    /// Returns an instance's address; without one, the address that `main` is going to have.
    fn of(ctx: &Ctx, record: Option<&Record>) -> Self {
        let settings = &ctx.settings;
        let recorded = record.map_or(DATABASE, |it| it.database.as_str());
        let user = record.map_or(settings.default_user.or_default(), |it| &it.user);
        Self {
            port: record.map_or(*settings.default_port.or_default(), |it| it.port),
            database: settings.database.shown(recorded).to_owned(),
            user: user.clone(),
        }
    }

    /// Returns the URL that callers parse, without the password.
    fn url(&self) -> String {
        format!("postgresql://{}@localhost:{}/{}", self.user, self.port, self.database)
    }
}

fn health_message(verdict: Verdict, observed: &[Observed]) -> String {
    let at_rest = |it: &Observed| it.health.state == State::Stopped && it.record.desired == Desired::Stopped;
    let sick = |it: &&Observed| !(it.health.healthy || at_rest(it));
    let runs = observed.iter().any(|it| it.health.state.is_alive());
    let of = |told: &dyn Fn(&&Observed) -> bool| {
        summary(observed.iter().filter(|it| told(it)).map(|it| (&it.record.name, &it.health)))
    };
    match verdict {
        Verdict::Done => "all instances that should run answer queries".to_owned(),
        Verdict::Failed => of(&sick),
        Verdict::Skipped(_) if observed.is_empty() => "not installed".to_owned(),
        Verdict::Skipped(_) if runs => of(&|it| is_main(it) || sick(it)),
        Verdict::Skipped(_) => "no instance runs".to_owned(),
    }
}

fn instance_report(observed: &Observed) -> InstanceReport {
    let record = &observed.record;
    InstanceReport {
        name: record.name.clone(),
        state: observed.health.state,
        healthy: observed.health.healthy,
        message: observed.health.message.clone(),
        port: record.port,
        database: record.database.clone(),
        user: record.user.clone(),
        template: record.template.clone(),
        engine: record.engine.map_or("unknown", Kind::word),
        desired: match record.desired {
            Desired::Running => "running",
            Desired::Stopped => "stopped",
        },
        details: Details::default(),
    }
}

/// What can be said of an instance that could not be looked at.
fn unseen_report(unseen: &Unseen) -> InstanceReport {
    InstanceReport {
        name: unseen.name.clone(),
        state: State::Missing,
        healthy: false,
        message: unseen.err.line(),
        port: 0,
        database: String::new(),
        user: String::new(),
        template: String::new(),
        engine: "unknown",
        desired: "running",
        details: Details::default(),
    }
}

/// Asks all instances for their details, side by side.
async fn add_details(ctx: &Ctx, reports: &mut [InstanceReport], observed: Vec<Observed>, limit: Duration) {
    let mut tasks = JoinSet::new();
    for (at, observed) in observed.into_iter().enumerate() {
        let ctx = ctx.clone();
        tasks.spawn(async move { (at, details(&ctx, &observed, limit).await) });
    }
    for (at, details) in tasks.join_all().await {
        if let Some(report) = reports.get_mut(at) {
            report.details = details;
        }
    }
}

async fn details(ctx: &Ctx, observed: &Observed, limit: Duration) -> Details {
    let data = ctx.site(&observed.record).data();
    let details = Details {
        version: observed.major().map(|major| major.to_string()),
        disk_free_bytes: free_bytes(&data).ok(),
        data_directory: Some(data.display().to_string()),
        ..Details::default()
    };
    let Some(answer) = &observed.answer else { return details };
    let details = Details { version: Some(answer.version.clone()), ..details };
    let target = target(&observed.record, ctx.settings.maintenance_db.or_default());
    let Ok(session) = connect(&target, limit, Box::new(|_| ())).await else { return details };
    let Ok(Ok(facts)) = tokio::time::timeout(limit, facts(&session)).await else { return details };
    let size = |(name, size_bytes)| DatabaseReport { name, size_bytes };
    Details {
        uptime_seconds: Some(facts.uptime_seconds),
        connections: Some(facts.connections),
        max_connections: Some(facts.max_connections),
        databases: Some(facts.databases.into_iter().map(size).collect()),
        ..details
    }
}

impl StatusReport {
    /// Nobody knows that nothing runs where an engine cannot be asked.
    fn running_word(&self) -> &'static str {
        let unknown = self.instances.iter().any(|it| it.state == State::Unreachable);
        if unknown && !self.running { "unknown" } else { yes(self.running) }
    }

    /// Takes back what speaks of another instance than `main`, whose record cannot be read.
    fn speak_of_nobody(&mut self, ctx: &Ctx) {
        let address = Address::of(ctx, None);
        self.running = false;
        self.connection_string = address.url();
        (self.port, self.database, self.user) = (address.port, address.database, address.user);
    }

    /// Adds what could not be looked at.
    fn add(&mut self, unseen: &[Unseen]) {
        self.installed |= !unseen.is_empty();
        self.total_instances += unseen.len();
        for it in unseen {
            let gap = if self.health_message.is_empty() { "" } else { "; " };
            self.health_message = format!("{}{gap}{}", self.health_message, it.err.line());
        }
        self.instances.extend(unseen.iter().map(unseen_report));
        self.instances.sort_by(|left, right| left.name.cmp(&right.name));
    }
}

impl Report for StatusReport {
    fn text(&self) -> String {
        let mut text = format!("PostgreSQL: {}\n", self.status);
        let _ = writeln!(text, "{} Installed: {}", mark(self.installed), yes(self.installed));
        let _ = writeln!(text, "{} Running: {}", mark(self.running), self.running_word());
        let _ = writeln!(text, "{} Healthy: {}", mark(self.healthy), yes(self.healthy));
        let _ = writeln!(text, "Health: {}", self.health_message);
        let _ =
            writeln!(text, "Port: {} (range {}-{})", self.port, self.port_range_start, self.port_range_end);
        let _ = writeln!(text, "Endpoint: postgresql://localhost:{}/{}", self.port, self.database);
        if !self.instances.is_empty() {
            let (total, running, healthy) =
                (self.total_instances, self.running_instances, self.healthy_instances);
            let _ = writeln!(text, "\nInstances: {total}, running {running}, healthy {healthy}");
            text.push_str(&instance_table(&self.instances));
            self.instances.iter().for_each(|it| text.push_str(&it.details.text(&it.name)));
        }
        text
    }
}

/// The table of instances, for `status` and `content list-instances`.
pub fn instance_table(instances: &[InstanceReport]) -> String {
    let row = |it: &InstanceReport| {
        let (state, port) = (it.state.word().to_owned(), it.port.to_string());
        [it.name.to_string(), state, port, it.database.clone(), it.template.clone(), it.message.clone()]
    };
    let rows: Vec<[String; 6]> = instances.iter().map(row).collect();
    crate::output::table(["NAME", "STATE", "PORT", "DATABASE", "TEMPLATE", "WHY"], &rows)
}

impl Details {
    /// The details of the instance `name`, for people; nothing where none were asked for.
    fn text(&self, name: &Name) -> String {
        let Some(data) = &self.data_directory else { return String::new() };
        let mut text = format!("\n{name}:\n");
        let mut line = |what: &str, value: Option<String>| {
            if let Some(value) = value {
                let _ = writeln!(text, "  {what:15} {value}");
            }
        };
        line("version", self.version.clone());
        line("uptime", self.uptime_seconds.map(|it| span(it.unsigned_abs())));
        let limit = self.max_connections.unwrap_or_default();
        line("connections", self.connections.map(|it| format!("{it} of {limit}")));
        for it in self.databases.iter().flatten() {
            line("database", Some(format!("{} ({})", it.name, size(it.size_bytes))));
        }
        line("data directory", Some(data.clone()));
        line("disk free", self.disk_free_bytes.map(size));
        text
    }
}

/// Reports on all instances, for another command's table.
pub fn reports(observed: &[Observed], unseen: &[Unseen]) -> Vec<InstanceReport> {
    let mut all: Vec<InstanceReport> =
        observed.iter().map(instance_report).chain(unseen.iter().map(unseen_report)).collect();
    all.sort_by(|left, right| left.name.cmp(&right.name));
    all
}

fn mark(good: bool) -> &'static str {
    if good { "✅" } else { "❌" }
}

fn yes(good: bool) -> &'static str {
    if good { "Yes" } else { "No" }
}

//! `content migrate status`: what is applied, what is pending, and what a person has to look at.

use serde::Serialize;

use crate::commands::content::migrate::Which;
use crate::context::Ctx;
use crate::error::Error;
use crate::exit::Verdict;
use crate::lifecycle::migrate::{Wanted, look};
use crate::output::{BEYOND, Format, Reply, Report, table};
use crate::pg::migrations::history::History;
use crate::pg::migrations::{Migration, read};
use crate::rules::drift::{Entry, Standing, compare};
use crate::units::counted;

/// Show what is applied, what is pending, and what has drifted
#[derive(Clone, Debug, clap::Args)]
pub struct StatusArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "a doc comment would become help")]
    pub which: Which,
    /// End with 1 where something is pending or has drifted
    #[arg(long, help_heading = BEYOND)]
    pub exit_code: bool,
    /// Format of the report
    #[arg(long, value_enum, default_value_t, help_heading = BEYOND)]
    pub format: Format,
}

#[derive(Debug, Serialize)]
struct Migrations {
    instance: String,
    database: String,
    scope: String,
    applied: usize,
    pending: usize,
    drifted: usize,
    migrations: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    version: String,
    description: String,
    state: Standing,
    applied_at: Option<String>,
    applied_by: Option<String>,
    execution_time_ms: Option<u64>,
    file: Option<String>,
    reversible: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    unfinished: Option<Unfinished>,
}

/// How far an unfinished one is.
#[derive(Debug, Serialize)]
struct Unfinished {
    action: String,
    statements_done: usize,
    statements: usize,
    since: String,
    error: Option<String>,
}

/// Looks. Without a folder only what is recorded is shown.
pub async fn run(ctx: &Ctx, args: &StatusArgs) -> Result<Reply, Error> {
    let wanted = args.which.wanted(ctx)?;
    let files = if wanted.dir.exists() { read(&wanted.dir)? } else { Vec::new() };
    let history = look(ctx, &wanted).await?;
    let report = report(&wanted, &files, &history);
    let is_bad = args.exit_code && report.pending + report.drifted > 0;
    let verdict = if is_bad { Verdict::Failed } else { Verdict::Done };
    Reply::report(verdict, args.format, &report)
}

fn report(wanted: &Wanted, files: &[Migration], history: &History) -> Migrations {
    let entries = compare(files, history);
    let count = |is: fn(&Entry<'_>) -> bool| entries.iter().filter(|it| is(it)).count();
    Migrations {
        instance: wanted.record.name.to_string(),
        database: wanted.database.clone(),
        scope: wanted.scope.to_string(),
        applied: count(|it| it.row.is_some()),
        pending: count(|it| it.standing.is_pending()),
        drifted: count(|it| it.standing.is_drift()),
        migrations: entries.iter().map(row).collect(),
    }
}

fn row(entry: &Entry<'_>) -> Row {
    let recorded = entry.row;
    Row {
        version: entry.version().to_owned(),
        description: entry.description().to_owned(),
        state: entry.standing,
        applied_at: recorded.and_then(|it| it.at.clone()),
        applied_by: recorded.and_then(|it| it.by.clone()),
        execution_time_ms: recorded.and_then(|it| it.took_ms),
        file: entry.file.map(|it| it.file.display().to_string()),
        reversible: entry.has_way_back(),
        unfinished: entry.unfinished.map(|it| Unfinished {
            action: it.action.clone(),
            statements_done: it.done,
            statements: it.of,
            since: it.since.clone(),
            error: it.error.clone(),
        }),
    }
}

impl Report for Migrations {
    fn text(&self) -> String {
        let rows: Vec<[String; 5]> = self.migrations.iter().map(cells).collect();
        let told = |count: usize, what: &str| (count > 0).then(|| format!(", {count} {what}"));
        let summary = format!(
            "{} of database `{}`{}: {} applied, {} pending{}\n",
            counted(self.migrations.len(), "migration"),
            self.database,
            if self.scope == "default" { String::new() } else { format!(" in scope `{}`", self.scope) },
            self.applied,
            self.pending,
            told(self.drifted, "to look at").unwrap_or_default(),
        );
        match rows.is_empty() {
            true => summary,
            false => table(["VERSION", "DESCRIPTION", "STATE", "APPLIED AT", "MS"], &rows) + &summary,
        }
    }
}

fn cells(it: &Row) -> [String; 5] {
    let state = match &it.unfinished {
        Some(far) => {
            let why = far.error.as_ref().and_then(|it| it.lines().next()).map(|it| format!(": {it}"));
            let (done, of) = (far.statements_done, far.statements);
            format!("unfinished: {} of {of} statements{}", done, why.unwrap_or_default())
        }
        None => it.state.word().to_owned(),
    };
    [
        it.version.clone(),
        it.description.clone(),
        state,
        it.applied_at.clone().unwrap_or_default(),
        it.execution_time_ms.map(|it| it.to_string()).unwrap_or_default(),
    ]
}

//! `content migrate plan`: what pending migrations would do, found out without doing it.

use serde::Serialize;

use crate::commands::content::migrate::up::UpArgs;
use crate::context::Ctx;
use crate::error::Error;
use crate::exit::Verdict;
use crate::lifecycle::migrate::plan::{On, Outcome, Plan, Planned, Tried, plan};
use crate::output::{BEYOND, Format, Reply, Report};
use crate::pg::migrations::Mode;
use crate::rules::lint::Hazard;
use crate::units::counted;

/// Columns of a statement that are shown.
const STATEMENT_COLUMNS: usize = 100;

/// Show what pending migrations would do, statement by statement, by running them and taking all of it back
#[derive(Clone, Debug, clap::Args)]
pub struct PlanArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "a doc comment would become help")]
    pub pending: UpArgs,
    /// Run them on a copy of the database, or of the whole instance where others use it, and not in a transaction of it
    #[arg(long, help_heading = BEYOND)]
    pub on_clone: bool,
    /// Format of the report
    #[arg(long, value_enum, default_value_t, help_heading = BEYOND)]
    pub format: Format,
}

#[derive(Debug, Serialize)]
struct Planning {
    instance: String,
    database: String,
    on_clone: bool,
    migrations: Vec<Row>,
    hazards: usize,
    denied: usize,
    failed: bool,
    sequences_moved: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Row {
    version: String,
    description: String,
    file: String,
    transaction: bool,
    statements: Vec<Statement>,
}

#[derive(Debug, Serialize)]
struct Statement {
    line: usize,
    statement: String,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    took_ms: f64,
    locks: Vec<Lock>,
    rewrites: Vec<String>,
    hazards: Vec<Hazard>,
}

#[derive(Debug, Serialize)]
struct Lock {
    table: String,
    mode: &'static str,
    blocks: &'static str,
}

/// Looks.
pub async fn run(ctx: &Ctx, args: &PlanArgs) -> Result<Reply, Error> {
    let wanted = args.pending.turn.wanted(ctx)?;
    let on = if args.on_clone { On::Copy } else { On::Database };
    let order = args.pending.order();
    let Plan { migrations, moved } = plan(ctx, &wanted, order, on).await?;
    let tried = || migrations.iter().flat_map(|it| &it.steps);
    let hazards = || tried().flat_map(|it| &it.hazards);
    let report = Planning {
        instance: wanted.record.name.to_string(),
        database: wanted.database.clone(),
        on_clone: args.on_clone,
        hazards: hazards().count(),
        denied: hazards().filter(|it| order.deny.is_some_and(|level| it.level >= level)).count(),
        failed: tried().any(|it| matches!(it.outcome, Outcome::Failed(_))),
        migrations: migrations.iter().map(row).collect(),
        sequences_moved: moved,
    };
    let verdict = if report.failed || report.denied > 0 { Verdict::Failed } else { Verdict::Done };
    Reply::report(verdict, args.format, &report)
}

fn row(planned: &Planned) -> Row {
    let it = &planned.migration;
    Row {
        version: it.version.to_string(),
        description: it.description.clone(),
        file: it.file.display().to_string(),
        transaction: it.mode == Mode::Transaction,
        statements: planned.steps.iter().map(statement).collect(),
    }
}

fn statement(tried: &Tried) -> Statement {
    let (outcome, error) = match &tried.outcome {
        Outcome::Done => ("done", None),
        Outcome::Untried => ("untried", None),
        Outcome::Failed(said) => ("failed", Some(said.clone())),
    };
    let lock = |it: &crate::lifecycle::migrate::plan::Lock| Lock {
        table: it.table.clone(),
        mode: it.mode.name(),
        blocks: it.mode.blocks(),
    };
    Statement {
        line: tried.line,
        statement: tried.statement.clone(),
        outcome,
        error,
        took_ms: (tried.took.as_secs_f64() * 100_000.0).round() / 100.0,
        locks: tried.locks.iter().map(lock).collect(),
        rewrites: tried.rewrites.clone(),
        hazards: tried.hazards.clone(),
    }
}

impl Report for Planning {
    fn text(&self) -> String {
        if self.migrations.is_empty() {
            return "nothing is pending\n".to_owned();
        }
        let mut text: String = self.migrations.iter().map(Row::text).collect();
        let statements: usize = self.migrations.iter().map(|it| it.statements.len()).sum();
        text += &format!(
            "{} with {}; {} that may do harm",
            counted(self.migrations.len(), "migration"),
            counted(statements, "statement"),
            counted(self.hazards, "thing"),
        );
        text += match (self.failed, self.denied) {
            (true, _) => "; it would fail\n",
            (false, 0) => "; nothing of it was kept\n",
            (false, _) => "; what may do that is denied\n",
        };
        if !self.on_clone && self.migrations.iter().filter(|it| it.has_locks()).count() > 1 {
            text += "a lock is shown where it is first taken: all of this was one transaction, --on-clone shows each by itself\n";
        }
        for name in &self.sequences_moved {
            text +=
                &format!("sequence {name} has moved on: others use the database, so it was not put back\n");
        }
        text
    }
}

impl Row {
    fn has_locks(&self) -> bool {
        self.statements.iter().any(|it| !it.locks.is_empty())
    }

    fn text(&self) -> String {
        let alone = if self.transaction { "" } else { ", statement by statement" };
        let head = format!("{} {} ({}{alone})\n", self.version, self.description, self.file);
        self.statements.iter().fold(head, |text, it| text + &it.text())
    }
}

impl Statement {
    fn text(&self) -> String {
        let outcome = match &self.error {
            Some(_) => "fails".to_owned(),
            None if self.outcome == "untried" => {
                "not tried: it cannot be run in a transaction, --on-clone tries it".to_owned()
            }
            None => format!("{:.2} ms", self.took_ms),
        };
        let mut text = format!("  line {}: {}  [{outcome}]\n", self.line, one_line(&self.statement));
        for it in &self.locks {
            let blocks = if it.blocks.is_empty() { String::new() } else { format!(", which {}", it.blocks) };
            text += &format!("    locks {} in {} mode{blocks}\n", it.table, it.mode);
        }
        for table in &self.rewrites {
            text += &format!("    rewrites {table}\n");
        }
        for it in &self.hazards {
            text += &format!("    {}: {} [{}]\n", it.level.word(), it.what, it.rule);
            text += &format!("      safe: {}\n", it.safe);
        }
        for line in self.error.iter().flat_map(|it| it.lines()) {
            text += &format!("    {line}\n");
        }
        text
    }
}

/// A statement in one line, cut where it gets long.
fn one_line(statement: &str) -> String {
    let line = statement.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(STATEMENT_COLUMNS) {
        Some((at, _)) => format!("{}...", line.get(..at).unwrap_or_default()),
        None => line,
    }
}

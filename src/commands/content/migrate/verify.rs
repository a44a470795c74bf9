//! `content migrate verify`: does what is applied do what it should?

use serde::Serialize;

use crate::commands::content::migrate::Turn;
use crate::context::Ctx;
use crate::error::Error;
use crate::exit::Verdict;
use crate::lifecycle::migrate::verify::verify;
use crate::output::{BEYOND, Format, Reply, Report, table};

/// Run the `.verify.sql` of all that is applied; what they do is taken back, and one that fails fails the command
#[derive(Clone, Debug, clap::Args)]
pub struct VerifyArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "a doc comment would become help")]
    pub turn: Turn,
    /// Format of the report
    #[arg(long, value_enum, default_value_t, help_heading = BEYOND)]
    pub format: Format,
}

#[derive(Debug, Serialize)]
struct Verification {
    database: String,
    scope: String,
    verified: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    version: String,
    description: String,
    passed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Runs them.
pub async fn run(ctx: &Ctx, args: &VerifyArgs) -> Result<Reply, Error> {
    let wanted = args.turn.wanted(ctx)?;
    let verified: Vec<Row> = verify(ctx, &wanted)
        .await?
        .into_iter()
        .map(|it| Row {
            version: it.version,
            description: it.description,
            passed: it.error.is_none(),
            error: it.error,
        })
        .collect();
    let verdict = if verified.iter().all(|it| it.passed) { Verdict::Done } else { Verdict::Failed };
    let (database, scope) = (wanted.database.clone(), wanted.scope.to_string());
    Reply::report(verdict, args.format, &Verification { database, scope, verified })
}

impl Report for Verification {
    fn text(&self) -> String {
        if self.verified.is_empty() {
            return "nothing that is applied has a .verify.sql\n".to_owned();
        }
        let cells = |it: &Row| {
            let told =
                it.error.as_ref().map_or("passed".to_owned(), |why| format!("failed: {}", first_line(why)));
            [it.version.clone(), it.description.clone(), told]
        };
        table(["VERSION", "DESCRIPTION", "RESULT"], &self.verified.iter().map(cells).collect::<Vec<_>>())
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

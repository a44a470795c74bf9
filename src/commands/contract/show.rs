//! `contract show`: what the contract says, clause by clause, and how each is judged.

use serde::Serialize;

use crate::commands::contract::source::Source;
use crate::commands::contract::validate::is_below;
use crate::context::Ctx;
use crate::contract::clause::{Clause, Judged};
use crate::error::Error;
use crate::exit::Verdict;
use crate::output::{Format, Reply, Report, table};

/// Show the clauses of the contract, and how each is judged
#[derive(Clone, Debug, clap::Args)]
pub struct ShowArgs {
    /// Only this clause, and those below it
    #[arg(value_name = "CLAUSE")]
    pub clause: Option<String>,
    /// Only clauses that nothing judges, with the reason
    #[arg(long)]
    pub unchecked: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "a doc comment would become help")]
    pub source: Source,
    /// Format of the list
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

#[derive(Debug, Serialize)]
struct Clauses {
    clauses: Vec<Shown>,
}

#[derive(Debug, Serialize)]
struct Shown {
    id: String,
    says: String,
    judged: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

/// Shows them.
pub fn run(ctx: &Ctx, args: &ShowArgs) -> Result<Reply, Error> {
    let loaded = args.source.load(ctx)?;
    let is_meant = |it: &Clause| args.clause.as_ref().is_none_or(|prefix| is_below(&it.id, prefix));
    let mut clauses: Vec<Shown> = loaded.clauses.into_iter().filter(is_meant).map(shown).collect();
    if let (true, Some(clause)) = (clauses.is_empty(), &args.clause) {
        return Err(Error::Usage(format!("the contract has no clause `{clause}`")));
    }
    if args.unchecked {
        clauses.retain(|it| it.reason.is_some());
    }
    Reply::report(Verdict::Done, args.format, &Clauses { clauses })
}

fn shown(it: Clause) -> Shown {
    let (judged, reason) = match it.judged {
        Judged::Syntax => ("layer 1", None),
        Judged::Behavior => ("layer 2", None),
        Judged::Integration => ("layer 3", None),
        Judged::Part => ("with the clause above", None),
        Judged::Never(reason) => ("never", Some(reason)),
    };
    Shown { id: it.id, says: it.says, judged, reason }
}

impl Report for Clauses {
    fn text(&self) -> String {
        let row = |it: &Shown| {
            let judged =
                it.reason.map_or_else(|| it.judged.to_owned(), |why| format!("{}: {why}", it.judged));
            [it.id.clone(), judged, it.says.clone()]
        };
        table(["CLAUSE", "JUDGED", "SAYS"], &self.clauses.iter().map(row).collect::<Vec<_>>())
    }
}

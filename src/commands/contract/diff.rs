//! `contract diff`: what has changed from one contract to another, and whether that breaks resources.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

use crate::commands::contract::source::load;
use crate::context::Ctx;
use crate::contract::clause::{Clause, Judged};
use crate::contract::load::Repair;
use crate::error::Error;
use crate::exit::Verdict;
use crate::output::{Format, Reply, Report, table};

/// Show what has changed from one contract to another; 1 if that may break resources or their callers
#[derive(Clone, Debug, clap::Args)]
pub struct DiffArgs {
    /// The contract before
    #[arg(value_name = "OLD")]
    pub old: PathBuf,
    /// The contract after
    #[arg(value_name = "NEW")]
    pub new: PathBuf,
    /// Mend backslashes in double quotes that are no escapes of YAML's, and say so
    #[arg(long)]
    pub lenient: bool,
    /// Format of the list
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

#[derive(Debug, Serialize)]
struct Changes {
    changes: Vec<Change>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Change {
    clause: String,
    change: &'static str,
    /// Whether a resource that kept the old contract may break the new one.
    breaking: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<String>,
}

/// Compares them.
pub fn run(ctx: &Ctx, args: &DiffArgs) -> Result<Reply, Error> {
    let repair = if args.lenient { Repair::Escapes } else { Repair::No };
    let (old, new) = (load(ctx, &args.old, repair)?, load(ctx, &args.new, repair)?);
    let changes = Changes { changes: changes(&old.clauses, &new.clauses) };
    let verdict = match changes.changes.iter().any(|it| it.breaking) {
        true => Verdict::Failed,
        false => Verdict::Done,
    };
    Reply::report(verdict, args.format, &changes)
}

fn changes(old: &[Clause], new: &[Clause]) -> Vec<Change> {
    let by_id = |all: &[Clause]| all.iter().map(|it| (it.id.clone(), it.clone())).collect::<BTreeMap<_, _>>();
    let (old, new) = (by_id(old), by_id(new));
    let mut changes = Vec::new();
    for (id, after) in &new {
        match old.get(id) {
            None => changes.push(change(id, "added", is_asking(after), None, Some(after))),
            Some(before) if before.says != after.says => {
                changes.push(change(id, "changed", is_binding(after), Some(before), Some(after)));
            }
            Some(_) => {}
        }
    }
    for (id, before) in old.iter().filter(|(id, _)| !new.contains_key(*id)) {
        // What may be had no longer breaks nobody who has it, but for those who were told to rely on it.
        changes.push(change(id, "removed", is_offer(id), Some(before), None));
    }
    changes.sort_by(|left, right| (!left.breaking, &left.clause).cmp(&(!right.breaking, &right.clause)));
    changes
}

fn change(
    id: &str,
    change: &'static str,
    breaking: bool,
    before: Option<&Clause>,
    after: Option<&Clause>,
) -> Change {
    let says = |it: Option<&Clause>| it.map(|it| it.says.clone());
    Change { clause: id.to_owned(), change, breaking, before: says(before), after: says(after) }
}

/// Whether a new clause asks for something that resources have not had to do.
fn is_asking(clause: &Clause) -> bool {
    let may_be_left_out = clause.id.starts_with("file_structure.optional.");
    !matches!(clause.judged, Judged::Never(_) | Judged::Part) && !may_be_left_out
}

/// Whether another wording of a clause means something else: for prose it does not.
fn is_binding(clause: &Clause) -> bool {
    let is_prose = clause.id.starts_with("commands.")
        && clause.id.rsplit('.').nth(1).is_some_and(|it| it == "exit_codes" || it == "must_include");
    let has_value = clause.id.ends_with(".required")
        || clause.id.ends_with(".type")
        || clause.id.ends_with(".default")
        || clause.id.ends_with(".detection")
        || clause.id.ends_with("_seconds");
    has_value || (!matches!(clause.judged, Judged::Never(_) | Judged::Part) && !is_prose && !is_entry(clause))
}

/// Whether a clause is a thing whose text only describes it.
fn is_entry(clause: &Clause) -> bool {
    clause.says.contains(' ')
}

/// Whether callers could rely on what a clause offered: a command, a flag, a value, a meaning of a code.
fn is_offer(id: &str) -> bool {
    id.starts_with("commands.") && !id.ends_with(".description") && !id.contains(".must_include.")
}

impl Report for Changes {
    fn text(&self) -> String {
        let row = |it: &Change| {
            let breaking = if it.breaking { "breaking" } else { "" };
            let what = match (&it.before, &it.after) {
                (Some(before), Some(after)) => format!("{before} -> {after}"),
                (before, after) => before.clone().or_else(|| after.clone()).unwrap_or_default(),
            };
            [it.clause.clone(), it.change.to_owned(), breaking.to_owned(), what]
        };
        match self.changes.is_empty() {
            true => "no change\n".to_owned(),
            false => {
                table(["CLAUSE", "CHANGE", "", "WHAT"], &self.changes.iter().map(row).collect::<Vec<_>>())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::load::{BUILT_IN, Loaded};

    fn after(from: &str, to: &str) -> Vec<(String, &'static str, bool)> {
        let old = Loaded::built_in().unwrap().clauses;
        let text = BUILT_IN.replacen(from, to, 1);
        assert_ne!(text, BUILT_IN, "{from}");
        let new = Loaded::parse(&text, Repair::No).unwrap().clauses;
        changes(&old, &new).into_iter().map(|it| (it.clause, it.change, it.breaking)).collect()
    }

    #[test]
    fn what_breaks_resources_or_their_callers_is_told_from_what_does_not() {
        for (from, to, clause, change, breaking) in [
            (
                "startup_time_max: 120",
                "startup_time_max: 60",
                "performance.startup_time_max",
                "changed",
                true,
            ),
            ("\"awk\"", "\"gawk\"", "compatibility.required_commands.gawk", "added", true),
            (
                "          2: \"The service was running before\"\n",
                "",
                "commands.manage.start.exit_codes.2",
                "removed",
                true,
            ),
            (
                "The service has been started",
                "It runs now",
                "commands.manage.start.exit_codes.0",
                "changed",
                false,
            ),
            (
                "Show what the service has written",
                "Show all that the service has written",
                "commands.logs",
                "changed",
                false,
            ),
            ("- EXAMPLES.md ", "- RECIPES.md ", "file_structure.optional.docs/.RECIPES.md", "added", false),
        ] {
            let found = after(from, to);
            let wanted = (clause.to_owned(), change, breaking);
            assert!(found.contains(&wanted), "{from} -> {to}: {found:?}");
        }
        assert!(after("# Life cycle", "# The life cycle").is_empty());
    }
}

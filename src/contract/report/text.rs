//! For people: what each resource breaks, and a table of all.

use crate::contract::finding::{Finding, Judgment, Outcome, Severity};
use crate::contract::report::Report;
use crate::output::table;

/// The report.
pub fn report(report: &Report<'_>) -> String {
    let mut text = String::new();
    for judgment in report.judgments {
        text += &format!("{} ({})\n", judgment.resource, judgment.path);
        for it in &judgment.findings {
            text += &finding_lines(it);
        }
        if judgment.findings.is_empty() {
            text += "  nothing found\n";
        }
        text.push('\n');
    }
    text + &summary(report.judgments)
}

/// A finding, in lines.
pub(super) fn finding_lines(it: &Finding) -> String {
    let severity = match it.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let place = match (&it.place.command, &it.place.file, it.place.line) {
        (Some(command), _, _) => format!("`{command}`"),
        (None, Some(file), Some(line)) => format!("{file}:{line}"),
        (None, Some(file), None) => file.clone(),
        (None, None, _) => String::new(),
    };
    let mut text = format!("  {severity} {}\n    at       {place}\n", it.clause);
    for (word, what) in [("expected", &it.expected), ("seen", &it.seen), ("mend", &it.mend)] {
        if !what.is_empty() {
            text += &format!("    {word:8} {what}\n");
        }
    }
    text
}

fn summary(judgments: &[Judgment]) -> String {
    let rows: Vec<[String; 6]> = judgments
        .iter()
        .map(|it| {
            let count = |wanted: fn(&Outcome) -> bool| {
                it.outcomes.values().filter(|it| wanted(it)).count().to_string()
            };
            let warnings = it.findings.len() - it.errors();
            let verdict = if it.errors() == 0 { "passed" } else { "failed" };
            [
                it.resource.clone(),
                verdict.to_owned(),
                it.errors().to_string(),
                warnings.to_string(),
                count(|it| matches!(it, Outcome::Passed | Outcome::Advised)),
                count(|it| matches!(it, Outcome::Skipped(_))),
            ]
        })
        .collect();
    table(["RESOURCE", "VERDICT", "ERRORS", "WARNINGS", "PASSED", "SKIPPED"], &rows)
}

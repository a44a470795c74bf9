//! For people: what each resource breaks, and a table of all.

use crate::contract::finding::{Finding, Judgment, Outcome, Severity};
use crate::contract::report::{Report, printable};
use crate::output::painted_table;
use crate::paint::{Look, Paint};

/// The report.
pub fn report(report: &Report<'_>) -> String {
    let mut text = String::new();
    for judgment in report.judgments {
        text += &format!("{} ({})\n", printable(&judgment.resource), printable(&judgment.path));
        for it in &judgment.findings {
            text += &finding_lines(it, report.paint);
        }
        if judgment.findings.is_empty() {
            text += &format!("  {}\n", report.paint.on(Look::Good, "nothing found"));
        }
        text.push('\n');
    }
    text + &summary(report.judgments, report.paint)
}

/// A finding, in lines.
pub(super) fn finding_lines(it: &Finding, paint: Paint) -> String {
    let severity = match it.severity {
        Severity::Error => paint.on(Look::Bad, "error"),
        Severity::Warning => paint.on(Look::Doubtful, "warning"),
    };
    let mut text = format!("  {severity} {}\n", paint.on(Look::Strong, &printable(&it.clause)));
    let place = it.place.to_string();
    for (word, what) in [("at", &place), ("expected", &it.expected), ("seen", &it.seen), ("mend", &it.mend)] {
        // What has several lines, such as what a command has said, keeps them below each other.
        for (at, line) in what.lines().enumerate() {
            text += &format!("    {:8} {}\n", if at == 0 { word } else { "" }, printable(line));
        }
    }
    text
}

fn summary(judgments: &[Judgment], paint: Paint) -> String {
    let rows: Vec<[String; 6]> = judgments
        .iter()
        .map(|it| {
            let count = |wanted: fn(&Outcome) -> bool| {
                it.outcomes.values().filter(|it| wanted(it)).count().to_string()
            };
            let warnings = it.findings.len() - it.errors();
            let verdict = if it.is_passed() { "passed" } else { "failed" };
            [
                printable(&it.resource),
                verdict.to_owned(),
                it.errors().to_string(),
                warnings.to_string(),
                count(|it| matches!(it, Outcome::Passed | Outcome::Advised)),
                count(|it| matches!(it, Outcome::Skipped(_))),
            ]
        })
        .collect();
    let look = |title: &str, cell: &str| match (title, cell) {
        ("VERDICT", "passed") => paint.on(Look::Good, cell),
        ("VERDICT", "failed") => paint.on(Look::Bad, cell),
        _ => cell.to_owned(),
    };
    painted_table(["RESOURCE", "VERDICT", "ERRORS", "WARNINGS", "PASSED", "SKIPPED"], &rows, look)
}

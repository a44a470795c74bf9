//! For people: what each resource breaks, and a table of all.

use std::collections::BTreeMap;

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
        for it in &judgment.unseen {
            let place = printable(&it.file);
            text += &format!("  {} {place}: {}\n", report.paint.on(Look::Doubtful, "not looked at"), it.why);
        }
        // Of several the table says enough.
        if report.judgments.len() == 1 {
            text += &skipped(judgment);
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

/// Why clauses were not judged, and how many for each reason.
fn skipped(judgment: &Judgment) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for it in judgment.outcomes.values() {
        if let Outcome::Skipped(why) = it {
            *counts.entry(why).or_default() += 1;
        }
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts.iter().map(|(why, count)| format!("  {count} skipped: {}\n", printable(why))).collect()
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

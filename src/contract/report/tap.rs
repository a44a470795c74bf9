//! Test Anything Protocol, version 14: a line for each clause.

use std::fmt::Write;

use crate::contract::finding::Outcome;
use crate::contract::report::Report;
use crate::contract::report::text::finding_lines;

/// The report.
pub fn report(report: &Report<'_>) -> String {
    let count: usize = report.judgments.iter().map(|it| it.outcomes.len()).sum();
    let mut text = format!("TAP version 14\n1..{count}\n");
    let mut number = 0;
    for judgment in report.judgments {
        for (clause, outcome) in &judgment.outcomes {
            number += 1;
            let name = format!("{number} - {} {clause}", judgment.resource).replace('#', "\\#");
            let _ = match outcome {
                Outcome::Passed | Outcome::Advised => writeln!(text, "ok {name}"),
                Outcome::Skipped(why) => writeln!(text, "ok {name} # SKIP {}", why.replace('\n', " ")),
                Outcome::Failed => writeln!(text, "not ok {name}"),
            };
            for found in judgment.findings.iter().filter(|it| it.clause == *clause) {
                finding_lines(found).lines().for_each(|line| {
                    let _ = writeln!(text, "# {}", line.trim());
                });
            }
        }
    }
    text
}

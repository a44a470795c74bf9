//! Test Anything Protocol, version 14: a line for each clause, with what was found about it as YAML.

use std::fmt::Write;

use serde::Serialize;

use crate::contract::finding::{Finding, Judgment, Outcome};
use crate::contract::report::{Report, printable};
use crate::error::Error;
use crate::output;

/// What stands below a line.
#[derive(Serialize)]
struct Diagnostics<'a> {
    findings: Vec<&'a Finding>,
}

/// The report.
pub fn report(report: &Report<'_>) -> Result<String, Error> {
    let count: usize = report.judgments.iter().map(|it| it.outcomes.len()).sum();
    let mut text = format!("TAP version 14\n1..{count}\n");
    let points = report.judgments.iter().flat_map(|judgment| {
        judgment.outcomes.iter().map(move |(clause, outcome)| (judgment, clause, outcome))
    });
    for (number, (judgment, clause, outcome)) in (1..).zip(points) {
        let name = format!("{number} - {}", described(&format!("{} {clause}", judgment.resource)));
        let _ = match outcome {
            Outcome::Passed | Outcome::Advised => writeln!(text, "ok {name}"),
            Outcome::Skipped(why) => writeln!(text, "ok {name} # SKIP {}", printable(why)),
            Outcome::Failed => writeln!(text, "not ok {name}"),
        };
        text += &diagnostics(judgment, clause)?;
    }
    Ok(text)
}

/// A `#` would begin a directive.
fn described(name: &str) -> String {
    printable(name).replace('\\', "\\\\").replace('#', "\\#")
}

/// The findings about a clause, as a block of YAML; nothing if there are none.
fn diagnostics(judgment: &Judgment, clause: &str) -> Result<String, Error> {
    let findings: Vec<&Finding> = judgment.about(clause).collect();
    if findings.is_empty() {
        return Ok(String::new());
    }
    let yaml = output::yaml(&Diagnostics { findings })?;
    Ok(format!("---\n{yaml}...\n").lines().map(|it| format!("  {it}\n")).collect())
}

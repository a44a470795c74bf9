//! JSON: everything, for programs. Its schema is contract/report.schema.json.

use serde::Serialize;

use crate::contract::finding::{Judgment, Outcome};
use crate::contract::report::Report;
use crate::error::Error;
use crate::output;

#[derive(Serialize)]
struct Document<'a> {
    tool: &'static str,
    tool_version: &'static str,
    contract_version: &'a str,
    unknown_keys: &'a [String],
    repaired: &'a [String],
    layer: u8,
    resources: &'a [Judgment],
    summary: Summary,
}

#[derive(Serialize)]
struct Summary {
    resources: usize,
    errors: usize,
    warnings: usize,
    passed: usize,
    failed: usize,
    skipped: usize,
}

/// The report.
pub fn report(report: &Report<'_>) -> Result<String, Error> {
    let count = |wanted: fn(&Outcome) -> bool| {
        report.judgments.iter().flat_map(|it| it.outcomes.values()).filter(|it| wanted(it)).count()
    };
    let findings: usize = report.judgments.iter().map(|it| it.findings.len()).sum();
    let errors = report.judgments.iter().map(Judgment::errors).sum();
    output::json(&Document {
        tool: "resource-postgres",
        tool_version: env!("CARGO_PKG_VERSION"),
        contract_version: &report.loaded.contract.version,
        unknown_keys: &report.loaded.unknown,
        repaired: &report.loaded.repaired,
        layer: report.layer,
        resources: report.judgments,
        summary: Summary {
            resources: report.judgments.len(),
            errors,
            warnings: findings - errors,
            passed: count(|it| matches!(it, Outcome::Passed | Outcome::Advised)),
            failed: count(|it| *it == Outcome::Failed),
            skipped: count(|it| matches!(it, Outcome::Skipped(_))),
        },
    })
}

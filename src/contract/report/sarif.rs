//! SARIF 2.1.0, for code hosts: a rule for each clause that is broken, a result for each finding.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::contract::finding::{Finding, Judgment, Severity};
use crate::contract::report::Report;
use crate::error::Error;
use crate::output;

/// The report.
pub fn report(report: &Report<'_>) -> Result<String, Error> {
    let findings = || report.judgments.iter().flat_map(|it| &it.findings);
    let broken: BTreeSet<&str> = findings().map(|it| it.clause.as_str()).collect();
    let rules: Vec<Value> = broken
        .iter()
        .map(|id| {
            let says = report.loaded.clauses.iter().find(|it| it.id == **id).map(|it| it.says.as_str());
            json!({"id": id, "shortDescription": {"text": says.filter(|it| !it.is_empty()).unwrap_or(id)}})
        })
        .collect();
    let results: Vec<Value> = report
        .judgments
        .iter()
        .flat_map(|it| it.findings.iter().map(move |found| result(it, found)))
        .collect();
    output::json(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "resource-postgres contract",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    }))
}

fn result(judgment: &Judgment, found: &Finding) -> Value {
    let level = match found.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut text = format!("expected {}; seen: {}", found.expected, found.seen);
    if !found.mend.is_empty() {
        text += &format!("; mend: {}", found.mend);
    }
    let mut result = json!({"ruleId": found.clause, "level": level, "message": {"text": text}});
    if let Some(file) = &found.place.file {
        let mut physical = json!({"artifactLocation": {"uri": uri(&format!("{}/{file}", judgment.path))}});
        if let (Some(line), Some(physical)) =
            (found.place.line.filter(|it| *it > 0), physical.as_object_mut())
        {
            physical.insert("region".to_owned(), json!({"startLine": line}));
        }
        if let Some(result) = result.as_object_mut() {
            result.insert("locations".to_owned(), json!([{"physicalLocation": physical}]));
        }
    }
    result
}

/// A path as a URI reference.
fn uri(path: &str) -> String {
    let is_plain = |it: &u8| it.is_ascii_alphanumeric() || b"-._~/".contains(it);
    path.bytes()
        .map(|it| if is_plain(&it) { char::from(it).to_string() } else { format!("%{it:02X}") })
        .collect()
}

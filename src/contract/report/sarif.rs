//! SARIF 2.1.0, for code hosts: a rule for each clause that is broken, a result for each finding.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::checksum::Checksum;
use crate::contract::finding::{Finding, Judgment, Severity};
use crate::contract::load::Loaded;
use crate::contract::report::Report;
use crate::error::Error;
use crate::output;

/// The file through which all commands are given. Code hosts take no result without a file.
const DOOR: &str = "cli.sh";

/// The report.
pub fn report(report: &Report<'_>) -> Result<String, Error> {
    let findings = || report.judgments.iter().flat_map(|it| it.findings.iter().map(move |found| (it, found)));
    let broken: BTreeSet<&str> = findings().map(|(_, it)| it.clause.as_str()).collect();
    let rules: Vec<Value> = broken.iter().map(|id| rule(report.loaded, id)).collect();
    let mut known = BTreeMap::new();
    let results: Vec<Value> = findings()
        .map(|(judgment, it)| result(judgment, it, &fingerprint(judgment, it, &mut known)))
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
            // It has come to a report; that resources break the contract is no failure of the tool.
            "invocations": [{"executionSuccessful": true}],
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    }))
}

/// A clause.
fn rule(loaded: &Loaded, id: &str) -> Value {
    let says = loaded.clauses.iter().find(|it| it.id == id).map(|it| it.says.as_str());
    let says = says.filter(|it| !it.is_empty()).unwrap_or(id);
    let version = &loaded.contract.version;
    let help = format!(
        "The clause {id} of the contract, version {version}, says: {says}. `resource-postgres contract show {id}` tells how it is judged."
    );
    json!({
        "id": id,
        "shortDescription": {"text": says},
        "help": {"text": help},
        "properties": {"tags": [id.split('.').next().unwrap_or_default()]},
    })
}

fn result(judgment: &Judgment, found: &Finding, fingerprint: &str) -> Value {
    let level = match found.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut text = format!("expected {}; seen: {}", found.expected, found.seen);
    if !found.mend.is_empty() {
        text += &format!("; mend: {}", found.mend);
    }
    json!({
        "ruleId": found.clause,
        "level": level,
        "message": {"text": text},
        "locations": [location(judgment, found)],
        "partialFingerprints": {"primaryLocationLineHash": fingerprint},
    })
}

fn location(judgment: &Judgment, found: &Finding) -> Value {
    let place = &found.place;
    let uri = uri(&format!("{}/{}", judgment.path, place.file.as_deref().unwrap_or(DOOR)));
    let artifact = json!({"uri": uri});
    let physical = match place.line.filter(|it| *it > 0) {
        Some(line) => json!({"artifactLocation": artifact, "region": {"startLine": line}}),
        None => json!({"artifactLocation": artifact}),
    };
    match &place.command {
        Some(command) => json!({
            "physicalLocation": physical,
            "logicalLocations": [{"fullyQualifiedName": command, "kind": "command"}],
        }),
        None => json!({"physicalLocation": physical}),
    }
}

/// By what a code host knows a finding again, wherever its line has moved to: a digest, and which of all with this digest it is.
/// What is seen at no line may be another thing each time, such as a duration.
fn fingerprint(judgment: &Judgment, found: &Finding, known: &mut BTreeMap<String, usize>) -> String {
    let place = &found.place;
    let text = |it: &Option<String>| it.clone().unwrap_or_default();
    let seen = place.line.map(|_| found.seen.clone());
    let parts = [
        judgment.resource.clone(),
        found.clause.clone(),
        text(&place.file),
        text(&place.command),
        text(&seen),
    ];
    let digest = Checksum::of(parts.join("\0").as_bytes()).to_string();
    let digest = digest.get(..16).unwrap_or(&digest).to_owned();
    let count = known.entry(digest.clone()).or_insert(0);
    *count += 1;
    format!("{digest}:{count}")
}

/// A path as a URI reference.
fn uri(path: &str) -> String {
    let is_plain = |it: &u8| it.is_ascii_alphanumeric() || b"-._~/".contains(it);
    let scheme = if path.starts_with('/') { "file://" } else { "" };
    let encoded =
        path.bytes().map(|it| if is_plain(&it) { char::from(it).to_string() } else { format!("%{it:02X}") });
    std::iter::once(scheme.to_owned()).chain(encoded).collect()
}

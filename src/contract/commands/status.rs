//! `status`: its code is what its report says.

use serde_json::Value;

use crate::contract::finding::Finding;
use crate::contract::trial::{Trial, said, shown};

/// The command line that programs use.
const LINE: &str = "status --format json";
/// Keys under which a report says whether the service runs.
const RUNNING: [&str; 4] = ["running", "is_running", "state", "status"];
/// Keys under which it says whether it is well.
const HEALTHY: [&str; 4] = ["healthy", "is_healthy", "health", "health_status"];
/// Words that say so.
const YES: [&str; 8] = ["true", "yes", "running", "healthy", "ok", "up", "active", "started"];
/// Words that say the opposite.
const NO: [&str; 10] = [
    "false",
    "no",
    "stopped",
    "unhealthy",
    "down",
    "inactive",
    "exited",
    "not_running",
    "not running",
    "absent",
];

/// Judges its code against its report, and its other flag.
pub(super) fn behave(trial: &mut Trial<'_>) {
    if trial.command("status").is_none() || !trial.offers("status") {
        return;
    }
    codes(trial);
    if trial.flag("status", "--verbose").is_some() {
        super::accepts("status", "--verbose", &["--verbose"], trial);
    }
}

fn codes(trial: &mut Trial<'_>) {
    let Some(ran) = trial.ask(LINE) else { return };
    let Ok(report) = serde_json::from_str::<Value>(&ran.stdout) else { return };
    let (Some(code), Some(meant)) = (ran.code(), code_of(&report)) else { return };
    trial.judgment.hold(code == meant, || {
        let word = |it: Option<bool>| it.map_or("unknown", |it| if it { "yes" } else { "no" });
        Finding::in_command(&format!("commands.status.exit_codes.{code}"), &shown(LINE))
            .expected(format!("code {meant}, for that is what the report says"))
            .seen(format!(
                "code {code} with a report that says running: {}, healthy: {}{}",
                word(said_of(&report, &RUNNING)),
                word(said_of(&report, &HEALTHY)),
                if ran.stderr.trim().is_empty() { String::new() } else { said(&ran) },
            ))
    });
}

/// The code that a report asks for.
pub(crate) fn code_of(report: &Value) -> Option<i32> {
    match (said_of(report, &RUNNING)?, said_of(report, &HEALTHY)) {
        (false, _) => Some(2),
        (true, Some(true)) => Some(0),
        (true, Some(false)) => Some(1),
        (true, None) => None,
    }
}

/// What a report says under one of several keys.
fn said_of(report: &Value, keys: &[&str]) -> Option<bool> {
    let yes_or_no = |it: &Value| match it {
        Value::Bool(it) => Some(*it),
        Value::String(it) if YES.contains(&it.to_lowercase().as_str()) => Some(true),
        Value::String(it) if NO.contains(&it.to_lowercase().as_str()) => Some(false),
        _ => None,
    };
    keys.iter().find_map(|key| report.get(key).and_then(yes_or_no))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_asks_for_one_code() {
        for (report, code) in [
            (r#"{"running": true, "healthy": true}"#, Some(0)),
            (r#"{"running": true, "healthy": false}"#, Some(1)),
            (r#"{"running": false, "healthy": false}"#, Some(2)),
            (r#"{"status": "stopped"}"#, Some(2)),
            (r#"{"state": "running", "health": "healthy"}"#, Some(0)),
            (r#"{"running": true}"#, None),
            (r#"{"name": "thing"}"#, None),
        ] {
            assert_eq!(code_of(&serde_json::from_str(report).unwrap()), code, "{report}");
        }
    }
}

//! `info`: what runtime.json says, for people and for programs.

use serde_json::Value;

use crate::contract::finding::Finding;
use crate::contract::trial::{Trial, ending, shown};

/// The command line that programs use.
const LINE: &str = "info --json";
/// The clause on it.
const JSON: &str = "commands.info.flags.--json";
/// The clause on where the answer comes from.
const SOURCE: &str = "commands.info.implementation_note";

/// Judges the answer for programs.
pub(super) fn behave(trial: &mut Trial<'_>) {
    if trial.flag("info", "--json").is_none() {
        return;
    }
    let Some(ran) = trial.provoke(LINE) else { return };
    let parsed = serde_json::from_str::<Value>(&ran.stdout).ok().filter(Value::is_object);
    let is_json = ran.code() == Some(0) && parsed.is_some();
    trial.judgment.hold(is_json, || {
        Finding::in_command(JSON, &shown(LINE)).expected("a JSON object").seen(match ran.code() {
            Some(0) => "something else".to_owned(),
            _ => ending(&ran),
        })
    });
    let Some(told) = parsed.filter(|_| is_json) else {
        return trial.judgment.skip(SOURCE, "`info --json` answers no JSON object");
    };
    let Some(Value::Object(facts)) = trial.runtime_facts() else {
        return trial.judgment.skip(SOURCE, "the file that it is to come from holds no JSON object");
    };
    let differing = facts.iter().find(|(key, value)| at_any_depth(&told, key) != Some(*value));
    trial.judgment.hold(differing.is_none(), || {
        let (key, value) = differing.map_or(("", &Value::Null), |(key, value)| (key.as_str(), value));
        let seen = at_any_depth(&told, key).map_or("no such key".to_owned(), Value::to_string);
        Finding::in_command(SOURCE, &shown(LINE))
            .expected(format!("`{key}` is {value}, as in the file"))
            .seen(seen)
            .mend("read the file when the command is run")
    });
}

/// What a key stands for, wherever it is.
fn at_any_depth<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    let map = value.as_object()?;
    map.get(key).or_else(|| map.values().find_map(|it| at_any_depth(it, key)))
}

//! config/runtime.json keeps the contract's section on it.

use regex_lite::Regex;
use resource_postgres::contract::load::BUILT_IN;
use serde_json::{Value, json};

use crate::{newly, read_json};

/// The contract's section on runtime.json.
fn runtime_clauses() -> Value {
    // Exit codes are numbers, which JSON knows no keys of; this section has none.
    let root: serde_yaml::Value = serde_yaml::from_str(BUILT_IN).unwrap();
    serde_json::to_value(root.get("runtime_configuration").unwrap()).unwrap()
}

/// The clauses of `runtime_configuration` that a runtime.json does not keep.
fn broken_clauses(schema: &Value, facts: &Value) -> Vec<String> {
    let mut broken = Vec::new();
    for (key, clause) in schema.as_object().unwrap() {
        let mut check = |part: &str, kept: bool| {
            if !kept {
                broken.push(format!("runtime_configuration.schema.{key}.{part}"));
            }
        };
        let Some(fact) = facts.get(key) else {
            check("required", clause["required"] != true);
            continue;
        };
        check("type", has_type(fact, clause["type"].as_str().unwrap()));
        if let Some([least, most]) = clause["range"].as_array().map(Vec::as_slice) {
            let range = least.as_i64().unwrap()..=most.as_i64().unwrap();
            check("range", fact.as_i64().is_none_or(|it| range.contains(&it)));
        }
        if let Some(allowed) = clause["enum"].as_array() {
            check("enum", allowed.contains(fact));
        }
        if let Some(format) = clause["format"].as_str() {
            let pattern = format.replace("{min}", r"(\d+)").replace("{max}", r"(\d+)");
            let pattern = Regex::new(&format!("^{pattern}$")).unwrap();
            check("format", fact.as_str().is_some_and(|it| pattern.is_match(it)));
        }
    }
    broken
}

fn has_type(fact: &Value, name: &str) -> bool {
    match name {
        "integer" => fact.is_i64(),
        "string" => fact.is_string(),
        "array<string>" => fact.as_array().is_some_and(|all| all.iter().all(Value::is_string)),
        // A type that this check does not know is kept by nothing.
        _ => false,
    }
}

#[test]
fn runtime_json_keeps_the_contract() {
    let section = runtime_clauses();
    let facts = read_json(section["file_path"].as_str().unwrap());
    assert_eq!(broken_clauses(&section["schema"], &facts), [""; 0]);
}

#[test]
fn a_runtime_json_that_breaks_a_clause_is_found_to_break_that() {
    let schema = runtime_clauses()["schema"].clone();
    let before = broken_clauses(&schema, &read_json("config/runtime.json"));
    let broken = |facts: &_| newly(broken_clauses(&schema, facts), &before);
    for (key, value, part) in [
        ("startup_order", json!(1001), "range"),
        ("startup_order", json!("first"), "type"),
        ("startup_timeout", json!(1.5), "type"),
        ("recovery_attempts", json!(0), "range"),
        ("priority", json!("urgent"), "enum"),
        ("startup_time_estimate", json!("about 10s"), "format"),
        ("startup_time_estimate", json!("10-30"), "format"),
        ("dependencies", json!(["redis", 6379]), "type"),
    ] {
        let mut facts = read_json("config/runtime.json");
        facts[key] = value.clone();
        let clause = format!("runtime_configuration.schema.{key}.{part}");
        assert_eq!(broken(&facts), [clause], "{key}: {value}");
    }
    for key in schema.as_object().unwrap().keys() {
        let mut facts = read_json("config/runtime.json");
        facts.as_object_mut().unwrap().remove(key).unwrap();
        let clause = format!("runtime_configuration.schema.{key}.required");
        assert_eq!(broken(&facts), [clause]);
    }
}

#[test]
fn the_estimate_of_the_start_ends_before_its_time_is_over() {
    let facts = read_json("config/runtime.json");
    let estimate = facts["startup_time_estimate"].as_str().unwrap().trim_end_matches('s');
    let (least, most) = estimate.split_once('-').unwrap();
    let (least, most): (u64, u64) = (least.parse().unwrap(), most.parse().unwrap());
    assert!(least <= most && most <= facts["startup_timeout"].as_u64().unwrap(), "{estimate}");
}

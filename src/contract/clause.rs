//! `Clause`: every leaf of a contract has an id, and is judged in a certain layer or for a certain reason not at all.

use serde::Serialize;
use serde_yaml::Value;

/// Keys that are left out of ids: what is below them is a part of what is above.
const TRANSPARENT: [&str; 5] =
    ["subcommands", "required_files", "optional_files", "recommended_files", "required_structure"];

/// A clause of a contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Clause {
    /// Its path, such as `commands.manage.start.exit_codes.2`.
    pub id: String,
    /// What it says.
    pub says: String,
    /// How it is judged.
    pub judged: Judged,
}

/// How a clause is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Judged {
    /// By reading files.
    Syntax,
    /// By running commands that only read.
    Behavior,
    /// By a whole life.
    Integration,
    /// As a part of the clause above it.
    Part,
    /// Not at all, for this reason.
    Never(&'static str),
}

const TELLS: Judged = Judged::Never("it tells what the contract is, and asks for nothing");
const EXPLAINS: Judged = Judged::Never("it explains, and asks for nothing");
const HISTORY: Judged = Judged::Never("it tells of the past, and asks for nothing");
const ELSEWHERE: Judged = Judged::Never("other clauses say which, and are judged");
const OWN_AFFAIR: Judged = Judged::Never("a resource may leave it out, and what is in it is its own affair");
const NOT_SEEN: Judged = Judged::Never("it cannot be seen from outside without waiting for it to be over");
const SUITES: Judged =
    Judged::Never("test suites are a resource's own, and may take as long as all else together");

const RUNNABLE: Judged = Judged::Never("what can be run, and what cannot, is a resource's own affair");

/// All clauses of a contract, in its order.
pub fn clauses(contract: &Value) -> Vec<Clause> {
    let mut found = Vec::new();
    walk(contract, &mut Vec::new(), &mut found);
    found
}

fn walk(value: &Value, path: &mut Vec<String>, found: &mut Vec<Clause>) {
    match value {
        Value::Mapping(map) if !map.is_empty() => {
            if is_entry(path) {
                let says = map.get("description").map(text).unwrap_or_default();
                found.push(clause(path, says));
            }
            members(value, path, found);
        }
        Value::Sequence(items)
            if !items.is_empty() && items.iter().all(Value::is_string) && !is_whole(path) =>
        {
            members(value, path, found);
        }
        leaf => found.push(clause(path, text(leaf))),
    }
}

/// What is in a mapping or a list.
fn members(value: &Value, path: &mut Vec<String>, found: &mut Vec<Clause>) {
    for (key, value) in value.as_mapping().into_iter().flatten() {
        let key = text(key);
        match TRANSPARENT.contains(&key.as_str()) {
            true => members(value, path, found),
            false => below(value, key, path, found),
        }
    }
    for (at, item) in value.as_sequence().into_iter().flatten().enumerate() {
        let says = text(item);
        let key = if says.contains(' ') { (at + 1).to_string() } else { says };
        below(item, key, path, found);
    }
}

fn below(value: &Value, key: String, path: &mut Vec<String>, found: &mut Vec<Clause>) {
    path.push(key);
    walk(value, path, found);
    path.pop();
}

fn clause(path: &[String], says: String) -> Clause {
    let parts: Vec<&str> = path.iter().map(String::as_str).collect();
    Clause { id: path.join("."), says, judged: judged(&parts) }
}

/// Whether a mapping is a thing that can be there or not, and so a clause itself.
fn is_entry(path: &[String]) -> bool {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    match path.as_slice() {
        ["commands", .., "exit_codes" | "flags" | "output"] => false,
        ["commands", _]
        | ["commands", _, _]
        | ["commands", _, "flags", _]
        | ["commands", _, _, "flags", _] => true,
        ["file_structure", "required" | "optional" | "deprecated", _] => true,
        ["file_structure", "optional", "test/", "run-tests.sh" | "phases/"] => true,
        ["file_structure", "optional", "test/", "optional_structure", _] => true,
        ["deprecated_patterns", _, _] => true,
        _ => false,
    }
}

/// Whether a list is one value, and not several clauses.
fn is_whole(path: &[String]) -> bool {
    path.last().is_some_and(|it| it == "enum" || it == "examples" || it == "breaking_changes")
        || path.iter().any(|it| it == "file_purposes")
}

/// A value on one line.
fn text(value: &Value) -> String {
    match value {
        Value::String(it) => it.clone(),
        Value::Bool(it) => it.to_string(),
        Value::Number(it) => it.to_string(),
        Value::Null => String::new(),
        Value::Sequence(items) => format!("[{}]", items.iter().map(text).collect::<Vec<_>>().join(", ")),
        Value::Mapping(_) | Value::Tagged(_) => String::new(),
    }
}

/// How a clause is judged. What is new in a contract is not judged until somebody has thought about it.
fn judged(path: &[&str]) -> Judged {
    match path {
        ["commands", path @ ..] => command(path),
        ["runtime_configuration", path @ ..] => runtime(path),
        ["file_structure", path @ ..] => files(path),
        ["deprecated_patterns", _, _] => Judged::Syntax,
        ["deprecated_patterns", _, _, "description"] => EXPLAINS,
        ["deprecated_patterns", _, _, "replacement" | "detection"] => Judged::Part,
        ["validation", "layer1_syntax", "checks", "2"] => Judged::Syntax,
        ["validation", "layer2_behavioral", "checks", "1" | "2"] => Judged::Behavior,
        ["validation", "layer3_integration", "checks", "2"] => Judged::Integration,
        ["validation", _, "checks", _] => ELSEWHERE,
        ["validation", ..] => EXPLAINS,
        ["performance", "command_response_time", _] => Judged::Behavior,
        ["performance", "startup_time_max" | "shutdown_time_max"] => Judged::Integration,
        ["security", "file_permissions", _] => Judged::Syntax,
        ["security", "sensitive_data_handling", "3"] => Judged::Syntax,
        ["security", "sensitive_data_handling", "1" | "2"] => Judged::Behavior,
        ["security", "input_validation"] => Judged::Behavior,
        ["compatibility", "bash_version_min"] => Judged::Syntax,
        ["compatibility", "required_commands", _] => Judged::Behavior,
        ["compatibility", "framework_integration", _] => Judged::Syntax,
        ["migration", ..] => HISTORY,
        [_] => TELLS,
        _ => UNKNOWN,
    }
}

/// What a check has yet to be written for.
const UNKNOWN: Judged = Judged::Never("nothing is known here of such a clause");

fn command(path: &[&str]) -> Judged {
    let (name, part) = match path {
        [group @ ("manage" | "test" | "content"), sub, part @ ..] if !is_part(sub) => {
            (format!("{group} {sub}"), part)
        }
        [name, part @ ..] => ((*name).to_owned(), part),
        [] => return UNKNOWN,
    };
    let reads = ["help", "info", "status", "logs", "credentials", "content list"].contains(&name.as_str());
    let lives = name.starts_with("manage ") || name.starts_with("content ");
    match part {
        [] => Judged::Syntax,
        ["description" | "implementation_note", ..] if name != "info" => EXPLAINS,
        ["implementation_note"] => Judged::Behavior,
        ["description"] => EXPLAINS,
        ["required"] => Judged::Part,
        ["implementation_requirement"] => Judged::Syntax,
        ["exit_codes", _] if name.starts_with("test ") => SUITES,
        ["timeout_seconds"] if name.starts_with("test ") => SUITES,
        ["exit_codes", "2"] if name == "content execute" => RUNNABLE,
        ["exit_codes", "0" | "2"] if lives && !reads => Judged::Integration,
        ["exit_codes", "1"] if name == "content get" || name == "status" => Judged::Behavior,
        ["exit_codes", "1"] if name == "content remove" => Judged::Integration,
        ["exit_codes", "1"] => Judged::Never("making it fail would take harming the resource"),
        ["exit_codes", _] => Judged::Behavior,
        ["timeout_seconds"] if reads => Judged::Behavior,
        ["timeout_seconds"] => Judged::Integration,
        ["output", "must_include", _] => Judged::Behavior,
        ["flags", _] => Judged::Behavior,
        ["flags", _, "type" | "description"] => Judged::Part,
        ["flags", _, "values", _] => Judged::Behavior,
        ["flags", _, "required"] if name == "content get" => Judged::Behavior,
        // To ask whether it is missed is to remove something, should it not be.
        ["flags", _, "required"] => Judged::Integration,
        ["flags", _, "default"] if reads => Judged::Behavior,
        ["flags", _, "default"] => NOT_SEEN,
        ["subcommands"] => Judged::Part,
        _ => UNKNOWN,
    }
}

/// Whether a word below a group is a part of the group itself and no subcommand.
fn is_part(word: &str) -> bool {
    ["description", "required", "flags", "exit_codes"].contains(&word)
}

fn runtime(path: &[&str]) -> Judged {
    match path {
        ["file_path"] => Judged::Syntax,
        ["required"] => Judged::Part,
        ["schema", _, "required" | "type" | "range" | "format" | "enum"] => Judged::Syntax,
        ["description"] | ["schema", _, "description" | "unit"] => EXPLAINS,
        ["schema", _, "guidelines" | "notes" | "examples", ..] => EXPLAINS,
        _ => UNKNOWN,
    }
}

fn files(path: &[&str]) -> Judged {
    match path {
        [.., "description" | "purpose" | "migration_to" | "removal_target"] => EXPLAINS,
        ["required", "cli.sh", "must_support", _] => Judged::Behavior,
        ["required", _] | ["required", _, _] => Judged::Syntax,
        ["deprecated", _] => Judged::Syntax,
        ["optional", "test/", "run-tests.sh"] | ["optional", "test/", "phases/", ..] => Judged::Syntax,
        ["optional", "test/", "run-tests.sh", "executable"] => Judged::Syntax,
        ["optional", "test/", "run-tests.sh", "must_support", _] => SUITES,
        ["optional", "test/", "validation_requirements", ..] => SUITES,
        ["optional", "docs/", "file_purposes", ..] => EXPLAINS,
        ["optional", "config/", "capabilities.yaml"] => Judged::Syntax,
        ["optional", ..] => OWN_AFFAIR,
        _ => UNKNOWN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::load::BUILT_IN;

    fn all() -> Vec<Clause> {
        clauses(&serde_yaml::from_str(BUILT_IN).unwrap())
    }

    #[test]
    fn every_leaf_has_an_id_of_its_own() {
        let mut ids: Vec<String> = all().into_iter().map(|it| it.id).collect();
        for id in [
            "commands.manage.start.exit_codes.2",
            "file_structure.required.lib/.core.sh",
            "deprecated_patterns.flags.--action",
            "commands.status.flags.--format.values.json",
            "runtime_configuration.schema.startup_order.range",
            "security.file_permissions.lib/*.sh",
            "commands.help.output.must_include.1",
            "commands.info.output.must_include.priority",
        ] {
            assert!(ids.contains(&id.to_owned()), "{id} is not among {ids:#?}");
        }
        ids.sort();
        let twice: Vec<&str> = ids.windows(2).filter(|it| it[0] == it[1]).map(|it| it[0].as_str()).collect();
        assert_eq!(twice, [""; 0]);
    }

    #[test]
    fn of_every_clause_it_is_known_how_it_is_judged() {
        let unknown: Vec<String> =
            all().into_iter().filter(|it| it.judged == UNKNOWN).map(|it| it.id).collect();
        assert!(unknown.is_empty(), "{unknown:#?}");
    }
}

//! Loading a contract file: what it says, what of it is not known, and where it is broken.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_yaml::Value;

use crate::contract::clause::{Clause, Judged, clauses};
use crate::contract::commands::{self, Command};
use crate::contract::compatibility::Compatibility;
use crate::contract::deprecated_patterns::DeprecatedPatterns;
use crate::contract::fault::Fault;
use crate::contract::file_structure::FileStructure;
use crate::contract::finding::Judgment;
use crate::contract::migration::Migration;
use crate::contract::performance::Performance;
use crate::contract::runtime_configuration::RuntimeConfiguration;
use crate::contract::security::Security;
use crate::contract::validation::{self, Validation};

/// How long a command may take of which the contract says nothing.
const SOME_SECONDS: u64 = 60;
/// The contract that this binary keeps.
pub const BUILT_IN: &str = include_str!("../../contract/universal.yaml");

/// A contract, section by section.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
pub struct Contract {
    /// Version of the contract.
    pub version: String,
    /// For which resources it is.
    #[serde(default)]
    pub contract_type: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// The version before it.
    #[serde(default)]
    pub migration_from: String,
    /// The commands by name.
    pub commands: BTreeMap<String, Command>,
    /// What an orchestrator must be told.
    #[serde(default)]
    pub runtime_configuration: RuntimeConfiguration,
    /// Which files there are.
    #[serde(default)]
    pub file_structure: FileStructure,
    /// Traces of earlier versions.
    #[serde(default)]
    pub deprecated_patterns: DeprecatedPatterns,
    /// How deep a resource is judged.
    #[serde(default)]
    pub validation: Validation,
    /// How fast a resource must be.
    #[serde(default)]
    pub performance: Performance,
    /// Secrets and permissions.
    #[serde(default)]
    pub security: Security,
    /// What the machine brings along.
    #[serde(default)]
    pub compatibility: Compatibility,
    /// The way from the version before.
    #[serde(default)]
    pub migration: Migration,
}

impl Contract {
    /// How long a command may take, with the clause that says so: the shortest of the limits that there are.
    pub(crate) fn limit(&self, name: &str) -> (String, Duration) {
        let shortest = self.limits(name).min_by_key(|(_, seconds)| *seconds);
        let (clause, seconds) = shortest.unwrap_or((validation::RUNS.to_owned(), SOME_SECONDS));
        (clause, Duration::from_secs(seconds))
    }

    /// The limits of a command, with the clauses that say so.
    pub(crate) fn limits(&self, name: &str) -> impl Iterator<Item = (String, u64)> + use<> {
        let own = commands::find(&self.commands, name).and_then(|it| it.timeout_seconds);
        let own = own.map(|it| (format!("{}.timeout_seconds", commands::clause(name)), it));
        own.into_iter().chain(self.performance.response_time(name))
    }
}

/// A contract as it was read.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// What it says.
    pub contract: Contract,
    /// Its clauses, in the file's order.
    pub clauses: Vec<Clause>,
    /// Keys that nobody here knows, by their paths.
    pub unknown: Vec<String>,
    /// What was mended to make it YAML.
    pub repaired: Vec<String>,
}

/// Whether what is no YAML may be mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repair {
    /// It may not.
    No,
    /// Backslashes that escape nothing are taken for themselves.
    Escapes,
}

impl Contract {
    /// Reads a contract. The error says where the text is broken, and why.
    pub fn parse(text: &str) -> Result<Self, serde_yaml::Error> {
        serde_yaml::from_str(text)
    }

    /// Every command without subcommands, by its full name such as `manage start`, and every group's subcommands.
    pub fn leaves(&self) -> Vec<(String, &Command)> {
        let mut leaves = Vec::new();
        for (name, command) in &self.commands {
            let below: Vec<_> = command.subcommands.iter().collect();
            if below.is_empty() {
                leaves.push((name.clone(), command));
            }
            leaves.extend(below.into_iter().map(|(sub, command)| (format!("{name} {sub}"), command)));
        }
        leaves
    }
}

impl Loaded {
    /// Says of all clauses of a layer of which nothing is known why not.
    pub(crate) fn skip_rest(&self, layer: Judged, judgment: &mut Judgment, why: &str) {
        for clause in self.clauses.iter().filter(|it| it.judged == layer) {
            judgment.skip(&clause.id, why);
        }
    }

    /// Reads a contract with all that is to be known of it.
    ///
    /// # Errors
    /// Where it is no YAML, or says something else than contracts say.
    pub fn parse(text: &str, repair: Repair) -> Result<Self, Fault> {
        let (text, repaired) = match repair {
            Repair::No => (text.to_owned(), Vec::new()),
            Repair::Escapes => escapes_mended(text),
        };
        let value: Value = serde_yaml::from_str(&text)?;
        let contract = Contract::parse(&text)?;
        let known = serde_yaml::to_value(&contract)?;
        let mut unknown = Vec::new();
        unknown_keys(&value, &known, "", &mut unknown);
        Ok(Self { clauses: clauses(&value), contract, unknown, repaired })
    }

    /// The built-in contract.
    ///
    /// # Errors
    /// None, unless the binary was built from a broken one, which a test forbids.
    pub fn built_in() -> Result<Self, Fault> {
        Self::parse(BUILT_IN, Repair::No)
    }
}

/// The keys of `value` that came to nothing in what was understood.
fn unknown_keys(value: &Value, known: &Value, path: &str, unknown: &mut Vec<String>) {
    let Value::Mapping(map) = value else { return };
    for (key, value) in map {
        let name = match key {
            Value::String(name) => name.clone(),
            other => serde_yaml::to_string(other).unwrap_or_default().trim().to_owned(),
        };
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        match known.as_mapping().and_then(|it| it.get(key)) {
            Some(known) => unknown_keys(value, known, &path, unknown),
            // An empty value is left out where it is written again.
            None if is_empty(value) => {}
            None => unknown.push(path),
        }
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Sequence(items) => items.is_empty(),
        Value::Mapping(map) => map.is_empty(),
        Value::Bool(it) => !it,
        Value::String(_) | Value::Number(_) | Value::Tagged(_) => false,
    }
}

/// Doubles backslashes in double quotes that begin no escape of YAML's; says where.
fn escapes_mended(text: &str) -> (String, Vec<String>) {
    let (mut mended, mut repaired) = (String::new(), Vec::new());
    for (at, line) in text.split_inclusive('\n').enumerate() {
        let mut quote = None;
        let mut before = ' ';
        let mut rest = line.chars().peekable();
        while let Some(it) = rest.next() {
            match (it, quote) {
                ('#', None) if before.is_whitespace() => {
                    mended.push(it);
                    mended.extend(rest.by_ref());
                    break;
                }
                ('"' | '\'', None)
                    if before.is_whitespace() || matches!(before, ':' | '[' | ',' | '{' | '-') =>
                {
                    quote = Some(it);
                }
                ('\\', Some('"')) => {
                    mended.push('\\');
                    match rest.peek() {
                        Some(next) if is_escape(*next) => mended.extend(rest.next()),
                        Some(next) => {
                            repaired.push(format!(
                                "line {}: `\\{next}` is no escape of YAML's; taken for itself",
                                at + 1
                            ));
                            mended.push('\\');
                        }
                        None => {}
                    }
                    before = it;
                    continue;
                }
                (it, Some(open)) if it == open => quote = None,
                _ => {}
            }
            before = it;
            mended.push(it);
        }
    }
    (mended, repaired)
}

/// Whether a character after a backslash means something in YAML's double quotes.
fn is_escape(it: char) -> bool {
    "0abt\tnvfre \"/\\N_LPxuU\n\r".contains(it)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_contract_is_version_2_and_has_nineteen_commands() {
        let contract = Contract::parse(BUILT_IN).unwrap();
        assert_eq!(contract.version, "2.0");
        assert_eq!(contract.leaves().len(), 19);
    }

    #[test]
    fn every_key_of_the_built_in_contract_is_known() {
        assert_eq!(Loaded::built_in().unwrap().unknown, [""; 0]);
    }

    #[test]
    fn a_key_that_nobody_knows_is_named_by_its_path() {
        let text =
            BUILT_IN.replacen("startup_time_max: 120", "startup_time_max: 120\n  startup_mood: good", 1);
        assert_eq!(Loaded::parse(&text, Repair::No).unwrap().unknown, ["performance.startup_mood"]);
    }

    #[test]
    fn a_broken_contract_is_refused_with_its_line() {
        let fault = |text: &str| Loaded::parse(text, Repair::No).unwrap_err();
        for (text, at, why) in [
            ("a: b: c\n", (1, 5), "mapping values are not allowed in this context"),
            ("version: [1]\n", (1, 10), "version: invalid type: sequence, expected a string"),
            ("version: \"2.0\"\n", (1, 1), "missing field `commands`"),
            (
                "version: \"2.0\"\ncommands: \"a\\s\"\n",
                (2, 13),
                "found unknown escape character, while parsing a quoted scalar at line 2 column 11",
            ),
        ] {
            assert_eq!(fault(text), Fault { at: Some(at), why: why.to_owned() });
        }
    }

    #[test]
    fn escapes_that_are_none_can_be_mended_and_are_said() {
        let text = "version: \"2.0\" # \"\\s\nname: \"a\\sb\\n\\\\s\"\nplain: 'a\\s'\nother: a\\s\n";
        let (mended, repaired) = escapes_mended(text);
        assert_eq!(mended, text.replace("\"a\\sb", "\"a\\\\sb"));
        assert_eq!(repaired, ["line 2: `\\s` is no escape of YAML's; taken for itself"]);
    }
}

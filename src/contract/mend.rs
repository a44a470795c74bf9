//! `Mend`: what can be done about a finding without knowing what the resource is for.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::contract::finding::Finding;
use crate::contract::load::Contract;
use crate::contract::runtime_configuration::Field;
use crate::contract::subject::{Subject, matches};

/// What every stub says of itself.
const STUB: &str = "stub: `contract validate --fix` wrote this, and what it is for has yet to be written";
/// The door is what a resource is, and no stub of it would be one.
const DOOR: &str = "cli.sh";

/// A change that takes nothing away from a resource. Paths are relative to its directory; those of folders end with `/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mend {
    /// A file gets other permissions.
    Mode {
        /// The file.
        path: String,
        /// Those that it has.
        from: u32,
        /// Those that it is to have.
        to: u32,
    },
    /// A folder is made.
    Folder {
        /// The folder.
        path: String,
    },
    /// A file is written where there is none.
    Stub {
        /// The file.
        path: String,
        /// Its permissions.
        mode: u32,
        /// What is in it.
        text: String,
    },
}

impl Mend {
    /// What is changed or made.
    pub fn path(&self) -> &str {
        match self {
            Self::Mode { path, .. } | Self::Folder { path } | Self::Stub { path, .. } => path,
        }
    }

    /// The mend as git would show it, with the resource's directory before its path.
    pub fn diff(&self, dir: &str) -> String {
        let path = format!("{dir}/{}", self.path());
        // As git does with paths that are not its own.
        let path = path.trim_start_matches("./").trim_start_matches('/');
        match self {
            Self::Mode { from, to, .. } => {
                format!("diff --git a/{path} b/{path}\nold mode 100{from:03o}\nnew mode 100{to:03o}\n")
            }
            Self::Folder { .. } => format!("new folder {path}\n"),
            Self::Stub { mode, text, .. } => {
                let lines: String = text.lines().map(|it| format!("+{it}\n")).collect();
                format!(
                    "diff --git a/{path} b/{path}\nnew file mode 100{mode:o}\n--- /dev/null\n+++ b/{path}\n@@ -0,0 +1,{} @@\n{lines}",
                    text.lines().count()
                )
            }
        }
    }
}

/// The mends of what was found, in order of their paths, so that a folder comes before what is in it.
pub fn mends(contract: &Contract, subject: &Subject, findings: &[Finding]) -> Vec<Mend> {
    let mut mends = BTreeMap::new();
    for finding in findings {
        let Some(path) = &finding.place.file else { continue };
        for mend in mends_of(contract, subject, &finding.clause, path) {
            mends.entry(mend.path().to_owned()).or_insert(mend);
        }
    }
    mends.into_values().collect()
}

fn mends_of(contract: &Contract, subject: &Subject, clause: &str, path: &str) -> Vec<Mend> {
    let present = subject.file(path).map(|it| it.mode & 0o777);
    match (clause.split('.').next(), present) {
        (Some("security"), Some(from)) => permissions(contract, path)
            .map(|to| Mend::Mode { path: path.to_owned(), from, to })
            .into_iter()
            .collect(),
        (Some("file_structure"), Some(from)) if clause.ends_with(".executable") => {
            vec![Mend::Mode { path: path.to_owned(), from, to: otherwise_executable(from) }]
        }
        (Some("file_structure"), None) => {
            let demanded = contract.file_structure.demanded();
            let is_meant = |it: &String| *it == path || (path.ends_with('/') && it.starts_with(path));
            demanded.iter().filter(|it| is_meant(it)).filter_map(|it| made(contract, it)).collect()
        }
        (_, _) => Vec::new(),
    }
}

/// The permissions that the contract gives a file.
fn permissions(contract: &Contract, path: &str) -> Option<u32> {
    let given = contract.security.file_permissions.iter().find(|(pattern, _)| matches(pattern, path));
    given.and_then(|(_, mode)| u32::from_str_radix(mode, 8).ok()).map(|it| it & 0o777)
}

/// Whoever may read what is to be executable may execute it.
fn otherwise_executable(mode: u32) -> u32 {
    match mode & 0o100 {
        0 => mode | 0o100 | (mode & 0o444) >> 2,
        _ => mode & !0o111,
    }
}

/// What takes the place of what is missing.
fn made(contract: &Contract, path: &str) -> Option<Mend> {
    let owned = path.to_owned();
    let stub = |mode: u32, text: String| Some(Mend::Stub { path: owned.clone(), mode, text });
    match (permissions(contract, path), path.rsplit('.').next()) {
        _ if path.ends_with('/') => Some(Mend::Folder { path: owned }),
        _ if path == DOOR => None,
        _ if path == contract.runtime_configuration.file_path => {
            stub(0o644, document(facts(&contract.runtime_configuration.schema)))
        }
        (_, Some("json")) => stub(0o644, document(Map::from_iter([("type".to_owned(), json!("object"))]))),
        // What has no permissions of its own is a test suite. One without a test has not passed.
        (None, Some("sh")) => stub(
            0o755,
            format!("#!/usr/bin/env bash\n# {STUB}\nprintf 'error: %s is a stub\\n' \"$0\" >&2\nexit 1\n"),
        ),
        (Some(mode), Some("sh")) => stub(mode, format!("#!/usr/bin/env bash\n# {STUB}\n")),
        (_, _) => None,
    }
}

fn document(members: Map<String, Value>) -> String {
    let mut all = Map::from_iter([("$comment".to_owned(), json!(STUB))]);
    all.extend(members);
    format!("{:#}\n", Value::Object(all))
}

/// Facts for the orchestrator that the contract allows: in the middle, where it leaves a choice.
fn facts(schema: &BTreeMap<String, Field>) -> Map<String, Value> {
    let required = schema.iter().filter(|(_, field)| field.required);
    required.map(|(key, field)| (key.clone(), fact(field))).collect()
}

fn fact(field: &Field) -> Value {
    let allowed = field.allowed.iter().find(|it| *it == "medium").or(field.allowed.first());
    match (field.kind.as_str(), allowed, &field.format) {
        (_, Some(allowed), _) => json!(allowed),
        (_, None, Some(format)) => json!(filled(format)),
        ("integer", None, None) => json!(field.range.map_or(60, |[least, most]| least.midpoint(most))),
        ("boolean", None, None) => json!(false),
        ("array<string>", None, None) => json!([]),
        (_, None, None) => json!(""),
    }
}

/// A format with numbers that grow in place of what stands in braces.
fn filled(format: &str) -> String {
    let mut text = String::new();
    for (at, piece) in format.split('{').enumerate() {
        match piece.split_once('}') {
            Some((_, literal)) if at > 0 => text += &format!("{}{literal}", at * at * 15),
            Some(_) | None => text += piece,
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_made_executable_for_those_who_may_read_it() {
        for (from, to) in [(0o644, 0o755), (0o600, 0o700), (0o640, 0o750), (0o755, 0o644), (0o700, 0o600)] {
            assert_eq!(otherwise_executable(from), to, "{from:o}");
        }
    }

    #[test]
    fn a_format_is_filled_with_numbers_that_grow() {
        assert_eq!(filled("{min}-{max}s"), "15-60s");
        assert_eq!(filled("plain"), "plain");
    }
}

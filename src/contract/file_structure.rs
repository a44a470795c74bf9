//! The `file_structure` section: which files a resource consists of.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::contract::fault::{Fault, json_object, yaml};
use crate::contract::finding::{Finding, Judgment};
use crate::contract::subject::Subject;
use crate::contract::trial::{Trial, ending, shown};

/// The clause that commands are passed on to the code behind them.
pub const ROUTING: &str = "file_structure.required.cli.sh.must_support.1";
/// The clause that help is shown.
pub const HELP: &str = "file_structure.required.cli.sh.must_support.2";
/// The clause that a mistake is answered with a message.
pub const MISTAKES: &str = "file_structure.required.cli.sh.must_support.3";

/// How the text of a file is read.
type Reading = fn(&[u8]) -> Result<(), Fault>;

/// Files whose text must be well-formed, and what it must be. That config/runtime.json is has a clause of its own.
const WELL_FORMED: [(&str, &str, Reading); 2] = [
    ("config/schema.json", "a JSON object", |text| json_object(text).map(drop)),
    ("config/capabilities.yaml", "YAML", yaml),
];

/// The section.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq)]
pub struct FileStructure {
    /// What must be there, by name; that of a folder ends with `/`.
    #[serde(default)]
    pub required: BTreeMap<String, Entry>,
    /// What may be there.
    #[serde(default)]
    pub optional: BTreeMap<String, Entry>,
    /// What should be there no more.
    #[serde(default)]
    pub deprecated: BTreeMap<String, Deprecated>,
}

/// A file or folder.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq)]
pub struct Entry {
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether it must be executable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub executable: Option<bool>,
    /// What it must be able to do, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub must_support: Vec<String>,
    /// Files that must be in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub required_files: Vec<String>,
    /// Files that may be in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub optional_files: Vec<String>,
    /// Files that would be good to have in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recommended_files: Vec<String>,
    /// What readers come for, with the files that serve it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub file_purposes: BTreeMap<String, Vec<String>>,
    /// What must be in it if it is there itself.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub required_structure: BTreeMap<String, Entry>,
    /// What may be in it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub optional_structure: BTreeMap<String, Entry>,
    /// What is asked of the test suites in it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub validation_requirements: BTreeMap<String, Suite>,
}

/// What is asked of a test suite.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
pub struct Suite {
    /// Longest time, in seconds.
    pub max_duration: u64,
    /// The codes that it may end with.
    pub exit_codes: Vec<u8>,
    /// What it shows.
    pub purpose: String,
}

/// A file of an earlier version.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
pub struct Deprecated {
    /// What it was.
    pub description: String,
    /// What has taken its place.
    pub migration_to: String,
    /// The version that will not know it any more.
    #[serde(default)]
    pub removal_target: String,
}

/// Judges whether the door shows its help.
pub(crate) fn behave(trial: &mut Trial<'_>) {
    let Some(ran) = trial.provoke("--help") else { return };
    let is_shown = ran.code() == Some(0) && !ran.stdout.trim().is_empty();
    trial.judgment.hold(is_shown, || {
        Finding::in_command(HELP, &shown("--help"))
            .expected("help on standard output, and code 0")
            .seen(ending(&ran))
    });
}

impl FileStructure {
    /// Judges which files a resource has.
    pub(crate) fn read(&self, subject: &Subject, judgment: &mut Judgment) {
        for (name, entry) in &self.required {
            let clause = format!("file_structure.required.{name}");
            if demand(subject, &clause, name, judgment) {
                entry.inside(subject, &clause, name, judgment);
            }
        }
        for (name, entry) in &self.optional {
            let clause = format!("file_structure.optional.{name}");
            match subject.has(name) {
                true => {
                    judgment.pass(&clause);
                    entry.inside(subject, &clause, name, judgment);
                }
                false => judgment.skip(&clause, "the resource does not have it"),
            }
        }
        for (name, about) in &self.deprecated {
            let clause = format!("file_structure.deprecated.{name}");
            judgment.hold(!subject.has(name), || {
                Finding::in_file(&clause, name, None)
                    .expected(format!("{} in its place", about.migration_to))
                    .seen(format!("{name}: {}", about.description))
                    .mend(format!("move what it does to {} and delete it", about.migration_to))
                    .advice()
            });
        }
    }
}

impl FileStructure {
    /// Every path that has to be there if the folder is there that it is in, or if it stands in the resource's own.
    pub(crate) fn demanded(&self) -> Vec<String> {
        let mut all: Vec<String> = self.required.keys().cloned().collect();
        for (name, entry) in self.required.iter().chain(&self.optional) {
            entry.demanded(name, &mut all);
        }
        all
    }
}

impl Entry {
    fn demanded(&self, path: &str, all: &mut Vec<String>) {
        all.extend(self.required_files.iter().map(|it| format!("{path}{it}")));
        for (name, entry) in &self.required_structure {
            all.push(format!("{path}{name}"));
            entry.demanded(&format!("{path}{name}"), all);
        }
    }

    /// Judges what is in a folder, and what a file is like.
    fn inside(&self, subject: &Subject, clause: &str, path: &str, judgment: &mut Judgment) {
        for file in &self.required_files {
            let (clause, path) = (format!("{clause}.{file}"), format!("{path}{file}"));
            if demand(subject, &clause, &path, judgment) {
                well_formed(subject, &clause, &path, judgment);
            }
        }
        for file in self.optional_files.iter().chain(&self.recommended_files) {
            let (clause, path) = (format!("{clause}.{file}"), format!("{path}{file}"));
            // The page in the root folder counts as one of the documents.
            match subject.has(&path) || (path == "docs/README.md" && subject.has("README.md")) {
                true => judgment.pass(&clause),
                false => judgment.skip(&clause, "the resource does not have it"),
            }
            well_formed(subject, &clause, &path, judgment);
        }
        for (name, entry) in &self.required_structure {
            let (clause, path) = (format!("{clause}.{name}"), format!("{path}{name}"));
            if demand(subject, &clause, &path, judgment) {
                entry.inside(subject, &clause, &path, judgment);
            }
        }
        for name in self.optional_structure.keys() {
            let (clause, path) = (format!("{clause}.{name}"), format!("{path}{name}"));
            match subject.has(&path) {
                true => judgment.pass(&clause),
                false => judgment.skip(&clause, "the resource does not have it"),
            }
        }
        if let Some(wanted) = self.executable {
            let mode = subject.file(path).map_or(0, |it| it.mode);
            judgment.hold((mode & 0o100 != 0) == wanted, || {
                Finding::in_file(&format!("{clause}.executable"), path, None)
                    .expected(if wanted { "executable by its owner" } else { "not executable" })
                    .seen(format!("permissions {:o}", mode & 0o777))
                    .mend(format!("chmod {} {path}", if wanted { "u+x" } else { "a-x" }))
            });
        }
    }
}

/// A file or folder that must be there; answers whether it is.
fn demand(subject: &Subject, clause: &str, path: &str, judgment: &mut Judgment) -> bool {
    let (what, mend) = match path.ends_with('/') {
        true => ("folder", format!("mkdir {path}")),
        false => ("file", format!("write {path}")),
    };
    let is_there = subject.has(path);
    judgment.hold(is_there, || {
        Finding::in_file(clause, path, None)
            .expected(format!("a {what} {path}"))
            .seen(subject.instead_of(path))
            .mend(mend)
    })
}

/// What is in a file is of its language, if one is known that it must be of. A file that is not there has none.
fn well_formed(subject: &Subject, clause: &str, path: &str, judgment: &mut Judgment) {
    let known = WELL_FORMED.iter().find(|(file, _, _)| *file == path);
    let (Some((_, what, read)), Some(text)) = (known, subject.text(path)) else { return };
    if let Err(fault) = read(&text) {
        judgment.fail(Finding::of(&fault, clause, path).expected(*what));
    }
}

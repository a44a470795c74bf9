//! The `validation` section: the three depths to which a resource is judged, and the syntax of its scripts.

use serde::{Deserialize, Serialize};

use crate::contract::finding::{Finding, Judgment};
use crate::contract::subject::Subject;

/// The clause that scripts must be well-formed.
pub const SYNTAX: &str = "validation.layer1_syntax.checks.2";

/// The clause that commands must run to their end.
pub const RUNS: &str = "validation.layer2_behavioral.checks.1";
/// The clause that they must end with codes that their entries name.
pub const CODES: &str = "validation.layer2_behavioral.checks.2";

/// The section.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq)]
pub struct Validation {
    /// Reading files.
    #[serde(default)]
    pub layer1_syntax: Layer,
    /// Running commands that only read.
    #[serde(default)]
    pub layer2_behavioral: Layer,
    /// A whole life.
    #[serde(default)]
    pub layer3_integration: Layer,
}

/// A depth.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq)]
pub struct Layer {
    /// What it is.
    #[serde(default)]
    pub description: String,
    /// What is looked at, in words.
    #[serde(default)]
    pub checks: Vec<String>,
    /// How much of it upstream has built.
    #[serde(default)]
    pub implementation_status: String,
}

/// Judges the syntax of all scripts.
pub(crate) fn read(subject: &Subject, judgment: &mut Judgment) {
    if subject.scripts.is_empty() {
        return judgment.skip(SYNTAX, "there are no shell scripts");
    }
    judgment.pass(SYNTAX);
    for script in &subject.scripts {
        if let Err(err) = &script.parsed {
            judgment.fail(
                Finding::in_file(SYNTAX, &script.path, Some(err.line))
                    .expected("a script that bash can read")
                    .seen(err.message.clone())
                    .mend(format!("`bash -n {}` names the place in bash's own words", script.path)),
            );
        }
    }
}

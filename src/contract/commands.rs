//! The `commands` and `performance` sections: what every resource must answer to, and how fast.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A command, or a group of them.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Command {
    /// What it is for.
    pub description: String,
    /// Whether every resource must have it.
    pub required: bool,
    /// Its subcommands; `help` and `info` say `[]`.
    #[serde(default)]
    pub subcommands: Subcommands,
    /// Its flags, by name with dashes.
    #[serde(default)]
    pub flags: BTreeMap<String, Flag>,
    /// What its exit codes mean.
    #[serde(default)]
    pub exit_codes: BTreeMap<u8, String>,
    /// How long it may take.
    #[serde(default)]
    pub timeout_seconds: Option<u64>,
    /// What its output must hold.
    #[serde(default)]
    pub output: Option<Output>,
    /// How it is to be built.
    #[serde(default)]
    pub implementation_note: Option<String>,
    /// What it must delegate to.
    #[serde(default)]
    pub implementation_requirement: Option<String>,
}

/// Subcommands by name; an empty list means none.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(untagged)]
pub enum Subcommands {
    /// By name.
    Some(BTreeMap<String, Command>),
    /// `[]`
    None([(); 0]),
}

/// A flag of a command.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Flag {
    /// Type of its value.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// What it does.
    #[serde(default)]
    pub description: Option<String>,
    /// Its value where it is not given.
    #[serde(default)]
    pub default: Option<serde_yaml::Value>,
    /// The values it allows; empty if any.
    #[serde(default)]
    pub values: Vec<String>,
    /// Whether it must be given.
    #[serde(default)]
    pub required: bool,
}

/// The type of a flag's value.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Given or not.
    Boolean,
    /// A whole number.
    Integer,
    /// Text.
    String,
}

/// What a command's output must hold.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Output {
    /// Each of these, in words or literally.
    pub must_include: Vec<String>,
}

/// The `performance` section; all in seconds.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Performance {
    /// Longest time by command; `other` for those not named.
    pub command_response_time: BTreeMap<String, u64>,
    /// Longest time that a start may take.
    pub startup_time_max: u64,
    /// Longest time that a stop may take.
    pub shutdown_time_max: u64,
}

impl Default for Subcommands {
    fn default() -> Self {
        Self::None([])
    }
}

impl Subcommands {
    /// The subcommands in order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Command)> {
        let map = match self {
            Self::Some(map) => Some(map),
            Self::None(_) => None,
        };
        map.into_iter().flatten()
    }
}

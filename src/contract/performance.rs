//! The `performance` section: how fast a resource must be. All in seconds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The section.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
pub struct Performance {
    /// Longest time by command; `other` for those not named.
    #[serde(default)]
    pub command_response_time: BTreeMap<String, u64>,
    /// Longest time that a start may take.
    #[serde(default)]
    pub startup_time_max: Option<u64>,
    /// Longest time that a stop may take.
    #[serde(default)]
    pub shutdown_time_max: Option<u64>,
}

impl Performance {
    /// How long a command may take, with the clause that says so.
    pub fn response_time(&self, command: &str) -> Option<(String, u64)> {
        let of = |name: &str| self.command_response_time.get(name).map(|it| (name.to_owned(), *it));
        // What changes something has a limit of its own, and may take longer than an answer.
        let other = || {
            if command.starts_with("manage ") || command.starts_with("test ") { None } else { of("other") }
        };
        let (name, seconds) = of(command).or_else(other)?;
        Some((format!("performance.command_response_time.{name}"), seconds))
    }
}

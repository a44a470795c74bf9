//! The `migration` section: the way from version 1.0. It tells of the past and asks for nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The section.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
pub struct Migration {
    /// The version before.
    #[serde(default)]
    pub from_version: String,
    /// What is not as it was.
    #[serde(default)]
    pub breaking_changes: Vec<String>,
    /// When what happened, as `2025-01`.
    #[serde(default)]
    pub timeline: BTreeMap<String, String>,
}

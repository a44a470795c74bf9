//! Loading a contract file.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::contract::commands::{Command, Performance};

/// The contract that this binary keeps.
pub const BUILT_IN: &str = include_str!("../../contract/universal.yaml");

/// The sections that this program's own behavior is held to.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub struct Contract {
    /// Version of the contract.
    pub version: String,
    /// The commands by name.
    pub commands: BTreeMap<String, Command>,
    /// How fast they must be.
    pub performance: Performance,
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
    fn a_broken_contract_is_refused_with_its_line() {
        let err = Contract::parse("version: \"2.0\"\ncommands: \"a\\s\"\n").unwrap_err();
        assert_eq!(err.location().map(|it| it.line()), Some(2), "{err}");
    }
}

//! The first layer: a resource's files are read, and nothing is run.

use crate::contract::commands;
use crate::contract::finding::Judgment;
use crate::contract::load::Contract;
use crate::contract::subject::Subject;
use crate::contract::validation;

/// Judges a resource's files.
pub fn judge(contract: &Contract, subject: &Subject) -> Judgment {
    let mut judgment = Judgment::new(&subject.name, &subject.path());
    judgment.unseen.clone_from(&subject.unseen);
    contract.file_structure.read(subject, &mut judgment);
    contract.runtime_configuration.read(subject, &mut judgment);
    validation::read(subject, &mut judgment);
    commands::read(&contract.commands, subject, &mut judgment);
    contract.deprecated_patterns.read(subject, &mut judgment);
    contract.security.read(subject, &mut judgment);
    contract.compatibility.read(subject, &mut judgment);
    judgment.sort();
    judgment
}

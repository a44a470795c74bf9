//! The contract as typed data, and judging resources by it.
//!
//! - A module for each section: what it says, and what it finds in a resource's files.
//! - `load`, `clause`: a contract file, and the ids of all that it says; `fault`: where a text cannot be understood.
//! - `subject/`, `trial`: a resource directory as it is judged, by its files and by what its commands answer.
//! - `sample`, `traces`: what a resource is given to keep, and what it leaves behind.
//! - `layers/`: what is done to find out; `finding`: what is found; `mend`: what can be done about it; `report/`: how it is told.

pub mod clause;
pub mod commands;
pub mod compatibility;
pub mod deprecated_patterns;
pub mod fault;
pub mod file_structure;
pub mod finding;
pub mod layers;
pub mod load;
pub mod mend;
pub mod migration;
pub mod performance;
pub mod report;
pub mod runtime_configuration;
pub mod sample;
pub mod security;
pub mod subject;
pub mod traces;
pub mod trial;
pub mod validation;

//! Integration: every command of the contract, with every exit code of its clause, on real servers.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should stop where it stands"
)]

#[path = "../support/mod.rs"]
mod support;

mod callers;
mod clauses;
mod content;
mod contract;
mod credentials;
mod deadlines;
mod docker;
mod doorways;
mod ensure;
mod faults;
mod flat;
mod help;
mod info;
mod logs;
mod manage;
mod native;
mod orchestrator;
mod psql;
mod status;
mod test;
mod usage;

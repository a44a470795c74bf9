//! Time limits are the contract's: each command's own, else the one of its name, else that of all others.

use std::collections::BTreeMap;

use clap::CommandFactory;
use resource_postgres::cli::Cli;
use resource_postgres::contract::load::Contract;
use resource_postgres::rules::limits::{LIMITS, limit};

use crate::Edit::{Drop, Set};
use crate::{contract, edited_contract, newly};

/// The seconds that the contract gives each command, with the clause that says so.
fn wanted(contract: &Contract) -> BTreeMap<String, Vec<(String, u64)>> {
    let times = &contract.performance.command_response_time;
    let clause = |name: &str| format!("performance.command_response_time.{name}");
    let named = |name: &str| times.get(name).map(|seconds| (clause(name), *seconds));
    let mut wanted = BTreeMap::new();
    for (name, command) in contract.leaves() {
        let path = format!("commands.{}.timeout_seconds", name.replace(' ', "."));
        let own = command.timeout_seconds.map(|seconds| (path, seconds));
        let said: Vec<_> = own.into_iter().chain(named(&name)).collect();
        let said = if said.is_empty() { named("other").into_iter().collect() } else { said };
        wanted.insert(name, said);
    }
    wanted
}

/// The clauses in which a table of limits and the contract differ.
fn differences(contract: &Contract, limits: &[(&str, u64)]) -> Vec<String> {
    let wanted = wanted(contract);
    let kept = |name: &str, seconds: u64| limits.contains(&(name, seconds));
    let broken = wanted.iter().flat_map(|(name, said)| {
        let broken = said.iter().filter(|(_, seconds)| !kept(name, *seconds));
        broken.map(|(clause, _)| clause.clone())
    });
    let unknown = limits.iter().filter(|(name, _)| !wanted.contains_key(*name));
    let mut found: Vec<String> = broken.chain(unknown.map(|(name, _)| format!("LIMITS.{name}"))).collect();
    found.sort();
    found.dedup();
    found
}

#[test]
fn every_command_has_the_time_that_the_contract_gives_it() {
    assert_eq!(differences(&contract(), LIMITS), [""; 0]);
}

#[test]
fn a_contract_with_another_time_is_found_to_differ_in_that() {
    let before = differences(&contract(), LIMITS);
    let found = |contract: &_, table: &[_]| newly(differences(contract, table), &before);
    for (clause, edit) in [
        ("commands.manage.start.timeout_seconds", Set("121")),
        ("commands.status.timeout_seconds", Set("11")),
        ("commands.content.execute.timeout_seconds", Set("61")),
        ("performance.command_response_time.help", Set("3")),
        ("performance.command_response_time.logs", Set("16")),
        ("performance.command_response_time.info", Set("5")),
        ("performance.command_response_time.other", Set("61")),
    ] {
        assert_eq!(found(&edited_contract(clause, edit), LIMITS), [clause], "after {edit:?}");
    }
    let without_own = edited_contract("commands.manage.start.timeout_seconds", Drop);
    assert_eq!(found(&without_own, LIMITS), ["performance.command_response_time.other"]);
    let many: Vec<_> = LIMITS.iter().copied().chain([("sweep", 60)]).collect();
    assert_eq!(found(&contract(), &many), ["LIMITS.sweep"]);
}

#[test]
fn a_command_that_nobody_lists_has_the_time_of_all_others() {
    let other = contract().performance.command_response_time.get("other").copied();
    assert_eq!(Some(limit("sweep").as_secs()), other);
}

/// A command that ran out of its time could not say how its server is; a wait that ends before that can.
#[test]
fn no_flag_allows_a_wait_that_outlasts_its_command() {
    let performance = contract().performance;
    for (command, longest) in
        [("start", performance.startup_time_max.unwrap()), ("stop", performance.shutdown_time_max.unwrap())]
    {
        let limit = limit(&format!("manage {command}")).as_secs();
        assert!(limit <= longest, "manage {command} may take {limit} s");
        let parse = |seconds: u64| {
            let seconds = seconds.to_string();
            Cli::command().try_get_matches_from(["", "manage", command, "--timeout", &seconds])
        };
        assert!(parse(1).is_ok());
        for bad in [0, limit, u64::MAX] {
            let err = parse(bad).unwrap_err();
            assert!(err.to_string().contains("--timeout"), "{bad}: {err}");
        }
    }
}

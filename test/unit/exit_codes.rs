//! Exit codes are the contract's: 0 for every command, 1 and 2 where it says what they mean.

use std::fmt::Write;

use resource_postgres::contract::load::Contract;
use resource_postgres::exit::{SKIPS, Skip, Verdict};

use crate::Edit::{Drop, Set};
use crate::{contract, edited_contract, newly};

/// The clauses in which a table of skips and the contract's codes 2 differ.
fn differences(contract: &Contract, skips: &[(&str, &[Skip])]) -> Vec<String> {
    let clause = |name: &str| format!("commands.{}.exit_codes.2", name.replace(' ', "."));
    let listed = |name: &str| skips.iter().any(|(known, reasons)| *known == name && !reasons.is_empty());
    let leaves = contract.leaves();
    let skippable =
        |name: &str| leaves.iter().any(|(known, it)| known == name && it.exit_codes.contains_key(&2));
    let unlisted = leaves.iter().map(|(name, _)| name.as_str()).filter(|it| skippable(it) && !listed(it));
    let unknown = skips.iter().map(|(name, _)| *name).filter(|it| !skippable(it));
    unlisted.chain(unknown).map(clause).collect()
}

#[test]
fn a_command_may_be_skipped_where_the_contract_says_what_that_means_and_nowhere_else() {
    assert_eq!(differences(&contract(), SKIPS), [""; 0]);
}

#[test]
fn a_contract_with_other_codes_is_found_to_differ_in_those() {
    let before = differences(&contract(), SKIPS);
    let found = |contract: &_, table: &[_]| newly(differences(contract, table), &before);
    for (clause, edit) in [
        ("commands.logs.exit_codes.2", Drop),
        ("commands.manage.stop.exit_codes.2", Drop),
        ("commands.test.smoke.exit_codes.2", Set("nothing to run")),
        ("commands.info.exit_codes.2", Set("nothing to tell")),
    ] {
        assert_eq!(found(&edited_contract(clause, edit), SKIPS), [clause], "after {edit:?}");
    }
    let few: Vec<_> = SKIPS.iter().copied().filter(|(name, _)| *name != "status").collect();
    assert_eq!(found(&contract(), &few), ["commands.status.exit_codes.2"]);
    let many: Vec<_> = SKIPS.iter().copied().chain([("content sweep", &[Skip::NotFound][..])]).collect();
    assert_eq!(found(&contract(), &many), ["commands.content.sweep.exit_codes.2"]);
}

#[test]
fn the_contract_knows_three_codes_and_says_of_nearly_every_command_how_it_fails() {
    let mut table = String::new();
    for (name, command) in contract().leaves() {
        let codes: Vec<String> = command.exit_codes.keys().map(ToString::to_string).collect();
        writeln!(table, "{name:20} {}", codes.join(" ")).unwrap();
    }
    insta::assert_snapshot!(table, @"
    content add          0 1 2
    content execute      0 1 2
    content get          0 1 2
    content list         0 1
    content remove       0 1 2
    credentials          0 1 2
    help                 0
    info                 0
    logs                 0 1 2
    manage install       0 1 2
    manage restart       0 1
    manage start         0 1 2
    manage stop          0 1 2
    manage uninstall     0 1 2
    status               0 1 2
    test all             0 1 2
    test integration     0 1 2
    test smoke           0 1
    test unit            0 1 2
    ");
}

#[test]
fn every_verdict_has_the_code_that_the_contract_gives_it() {
    assert_eq!([Verdict::Done, Verdict::Failed].map(Verdict::code), [0, 1]);
    for (name, skips) in SKIPS {
        for skip in *skips {
            let verdict = Verdict::Skipped(*skip);
            assert_eq!((verdict.code(), verdict.idempotent().code()), (2, 0), "{name}: {skip:?}");
        }
    }
}

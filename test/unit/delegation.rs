//! `test` hands over to the contract's scripts, and ends as the contract lets it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use assert_cmd::cargo::cargo_bin;
use predicates::str::contains;
use resource_postgres::contract::load::BUILT_IN;
use tempfile::TempDir;

use crate::contract;

/// A resource whose test scripts say their name and arguments, and end with a code.
fn resource_ending_with(code: u8) -> TempDir {
    let dir = TempDir::new().unwrap();
    fs::create_dir_all(dir.path().join("contract")).unwrap();
    fs::create_dir_all(dir.path().join("test/phases")).unwrap();
    fs::write(dir.path().join("contract/universal.yaml"), BUILT_IN).unwrap();
    let text = format!("#!/bin/sh\necho \"$0 $*\"\nexit {code}\n");
    for name in [
        "cli",
        "test/run-tests",
        "test/phases/test-smoke",
        "test/phases/test-integration",
        "test/phases/test-unit",
    ] {
        let script = dir.path().join(format!("{name}.sh"));
        fs::write(&script, &text).unwrap();
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    }
    dir
}

fn test(dir: &Path, suite: &str) -> assert_cmd::assert::Assert {
    let mut command = assert_cmd::Command::new(cargo_bin!("resource-postgres"));
    command.env_clear().env("PATH", "/usr/bin:/bin").env("POSTGRES_RESOURCE_DIR", dir);
    command.env("POSTGRES_INSTANCES_DIR", dir.join("instances")).args(["test", suite]).assert()
}

#[test]
fn every_suite_hands_over_to_the_script_that_the_contract_names() {
    let dir = resource_ending_with(0);
    for (name, command) in contract().leaves() {
        let Some(requirement) = &command.implementation_requirement else { continue };
        let suite = name.strip_prefix("test ").unwrap();
        let script = requirement.strip_prefix("Hands over to ").unwrap();
        let called = format!("{}/{script}", dir.path().display());
        let clause = format!("commands.test.{suite}.implementation_requirement: {requirement}");
        let answer = test(dir.path(), suite).try_success().and_then(|it| it.try_stdout(contains(called)));
        assert!(answer.is_ok(), "{clause}");
    }
}

#[test]
fn a_suite_ends_with_its_scripts_code_where_the_contract_has_it_and_has_failed_otherwise() {
    for code in [0, 1, 2, 3, 126] {
        let dir = resource_ending_with(code);
        for (name, command) in contract().leaves() {
            let Some(suite) = name.strip_prefix("test ") else { continue };
            let wanted = if command.exit_codes.contains_key(&code) { code } else { 1 };
            let clause =
                format!("commands.test.{suite}.exit_codes.{wanted}, from a script that ends with {code}");
            assert!(test(dir.path(), suite).try_code(i32::from(wanted)).is_ok(), "{clause}");
        }
    }
}

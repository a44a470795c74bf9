//! `test` hands over to the contract's scripts, and ends as the contract lets it.

use std::path::Path;
use std::process::Command;

use assert_cmd::cargo::cargo_bin;
use predicates::prelude::*;
use predicates::str::contains;
use tempfile::TempDir;

use crate::{contract, resource};

/// What makes a resource, here, whose scripts say their name and arguments and end with the code `$1`.
const MAKE: &str = r#"
mkdir -p contract test/phases && cp "$2" contract/universal.yaml
for name in cli test/run-tests test/phases/test-smoke test/phases/test-integration test/phases/test-unit; do
    printf '#!/bin/sh\necho "$0 $*"\nexit %s\n' "$1" >"$name.sh" && chmod 755 "$name.sh"
done"#;

fn resource_ending_with(code: u8) -> TempDir {
    let dir = TempDir::new().unwrap();
    // A shell writes the scripts: a script that this process had open could not be run while another test forks.
    let mut shell = Command::new("sh");
    shell.args(["-euc", MAKE, "sh", &code.to_string()]).arg(resource("contract/universal.yaml"));
    assert!(shell.current_dir(dir.path()).status().unwrap().success());
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
        let output = test(dir.path(), suite).success().get_output().stdout.clone();
        assert!(contains(called).eval(&String::from_utf8_lossy(&output)), "{clause}");
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

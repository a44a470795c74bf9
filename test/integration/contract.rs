//! This resource is judged by the contract in all three layers, like any other.

use std::fs;

use crate::support::Room;

/// What it can have kept and run, and what it can only keep.
const SAMPLES: [(&str, &str); 2] = [("query.sql", "SELECT 40 + 2 AS answer;\n"), ("note.txt", "a note\n")];

#[test]
fn this_resource_keeps_the_contract_through_its_whole_life() {
    let room = Room::new();
    let mut args: Vec<String> =
        ["contract", "validate", "--layer", "3", "--allow-lifecycle", "--format", "json"]
            .map(str::to_owned)
            .to_vec();
    for (name, text) in SAMPLES {
        let file = room.path().join(name);
        fs::write(&file, text).unwrap();
        let kind = if name.ends_with(".sql") { ":query" } else { "" };
        args.extend(["--sample".to_owned(), format!("{}{kind}", file.display())]);
    }
    for (name, value) in room.variables() {
        let value = if name == "POSTGRES_INSTANCES_DIR" { "{home}/instances" } else { value };
        args.extend(["--env".to_owned(), format!("{name}={value}")]);
    }
    args.push(env!("CARGO_MANIFEST_DIR").to_owned());
    let report = room.run(&args).done().json();
    let resource = &report["resources"][0];
    assert_eq!(report["summary"]["errors"], 0, "{:#}", resource["findings"]);
    let skipped: Vec<&str> = resource["outcomes"]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(_, it)| it.is_object())
        .map(|(clause, _)| clause.as_str())
        .filter(|it| !it.starts_with("file_structure.optional."))
        .collect();
    // Its commands are those of a compiled program, and it was never running and ill.
    insta::assert_snapshot!(skipped.join("\n"), @r"
    commands.status.exit_codes.1
    commands.test.all.implementation_requirement
    commands.test.integration.implementation_requirement
    commands.test.smoke.implementation_requirement
    commands.test.unit.implementation_requirement
    compatibility.framework_integration.cli_command_framework
    compatibility.framework_integration.resource_common
    ");
}

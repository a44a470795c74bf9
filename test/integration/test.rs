//! `test`: by the scripts of a source checkout, and by an installed program that has none.

use std::fs;

use crate::support::{Answer, Room, binary};

/// A room with a folder that looks like the resource, whose test scripts print their arguments and end with `code`.
fn checkout(code: &str) -> Room {
    let mut room = Room::new();
    let dir = room.path().join("resource");
    for folder in ["contract", "test/phases"] {
        fs::create_dir_all(dir.join(folder)).unwrap();
    }
    room.file("resource/contract/universal.yaml", "");
    room.program("resource/cli.sh", "#!/bin/sh\n");
    let phases = ["phases/test-smoke.sh", "phases/test-integration.sh", "phases/test-unit.sh"];
    for script in phases.iter().chain(&["run-tests.sh"]) {
        let text = format!("#!/bin/sh\necho \"${{0##*/}} $*\"\nexit {code}\n");
        room.program(&format!("resource/test/{script}"), &text);
    }
    room.set("POSTGRES_RESOURCE_DIR", &dir.display().to_string());
    room
}

fn test(room: &Room, phase: &str) -> Answer {
    room.run(["test", phase])
}

#[test]
fn in_a_checkout_each_phase_is_its_script_and_ends_as_the_script_does() {
    let room = checkout("0");
    insta::assert_snapshot!(test(&room, "all").meets("test.all.exit_codes.0"), @"
    run-tests.sh all
    [exit 0]
    ");
    insta::assert_snapshot!(test(&room, "integration").meets("test.integration.exit_codes.0"), @"
    test-integration.sh 
    [exit 0]
    ");
    insta::assert_snapshot!(test(&room, "unit").meets("test.unit.exit_codes.0"), @"
    test-unit.sh 
    [exit 0]
    ");
    insta::assert_snapshot!(test(&room, "smoke").meets("test.smoke.exit_codes.0"), @"
    test-smoke.sh 
    [exit 0]
    ");
}

#[test]
fn a_script_that_fails_in_any_way_fails_the_test() {
    for code in ["1", "77", "0$(kill -9 $$)"] {
        let room = checkout(code);
        test(&room, "all").meets("test.all.exit_codes.1");
        test(&room, "integration").meets("test.integration.exit_codes.1");
        test(&room, "unit").meets("test.unit.exit_codes.1");
        test(&room, "smoke").meets("test.smoke.exit_codes.1");
    }
}

#[test]
fn a_script_that_had_nothing_to_run_skips_the_test() {
    let room = checkout("2");
    insta::assert_snapshot!(test(&room, "all").meets("test.all.exit_codes.2"), @"
    run-tests.sh all
    --- stderr
    no tests available here
    [exit 2]
    ");
    test(&room, "integration").meets("test.integration.exit_codes.2");
    test(&room, "unit").meets("test.unit.exit_codes.2");
}

/// A room with the program alone in a folder of its own, on a machine without a toolchain.
fn installed() -> Room {
    let mut room = Room::new();
    room.set("PATH", "/usr/bin:/bin");
    fs::create_dir(room.path().join("bin")).unwrap();
    fs::copy(binary(), room.path().join("bin/resource-postgres")).unwrap();
    room
}

fn run_installed(room: &Room, args: &[&str]) -> Answer {
    let mut command = room.command_of(&room.path().join("bin/resource-postgres"), args);
    let output = command.output().unwrap();
    room.answer(&command, &output)
}

#[test]
fn an_installed_program_judges_the_living_resource_itself() {
    let room = installed();
    insta::assert_snapshot!(run_installed(&room, &["test", "smoke"]).ended(1), @"
    ok - help shows the commands
    ok - info names the start order
    not ok - status finds the resource healthy: exit status: 2, not 0
    not ok - `main` answers a query: exit status: 1, not 0: error: there is no instance `main`
    not ok - credentials hide the password: exit status: 2, not 0: no credentials configured
    ok - an unknown command fails
    3 passed, 3 failed
    [exit 1]
    ");
    run_installed(&room, &["up"]).done();
    let pid = room.pid("main");
    insta::assert_snapshot!(run_installed(&room, &["test", "smoke"]).done(), @"
    ok - help shows the commands
    ok - info names the start order
    ok - status finds the resource healthy
    ok - `main` answers a query
    ok - credentials hide the password
    ok - an unknown command fails
    6 passed, 0 failed
    [exit 0]
    ");
    insta::assert_snapshot!(run_installed(&room, &["test", "integration"]).done(), @"
    ok - nothing runs at first
    ok - install creates `main`
    ok - install again is skipped
    ok - start starts it
    ok - start again is skipped
    ok - status finds it healthy
    ok - SQL writes
    ok - a second instance stands beside it
    ok - it is listed
    ok - it can be removed
    ok - restart restarts it
    ok - stop stops it
    ok - stop again is skipped
    ok - it starts again
    ok - its data is still there
    ok - logs are kept
    ok - uninstall removes it
    ok - uninstall again is skipped
    18 passed, 0 failed
    [exit 0]
    ");
    insta::assert_snapshot!(run_installed(&room, &["test", "unit"]).skipped(), @"
    --- stderr
    no tests available here
    [exit 2]
    ");
    assert_eq!(room.pid("main"), pid, "the living instance was touched");
    run_installed(&room, &["test", "all"]).done();
}

#[test]
fn an_installed_program_needs_no_file_beside_it() {
    let room = installed();
    run_installed(&room, &["help"]).done();
    run_installed(&room, &["info"]).done();
    run_installed(&room, &["up"]).done();
    run_installed(&room, &["content", "create-instance", "shop", "--template", "saas"]).done();
    insta::assert_snapshot!(run_installed(&room, &["content", "list-instances"]).done(), @"
    NAME  STATE    PORT  DATABASE  TEMPLATE     WHY
    main  running  5433  vrooli    development  it answers queries
    shop  running  5434  vrooli    saas         it answers queries
    [exit 0]
    ");
}

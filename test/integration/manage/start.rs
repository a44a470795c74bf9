//! `manage start`.

use crate::support::Room;

#[test]
fn start_starts_what_is_stopped_and_skips_what_runs() {
    let room = Room::new();
    room.run(["manage", "install"]).done();
    insta::assert_snapshot!(room.run(["manage", "start"]).meets("manage.start.exit_codes.0"), @"
    --- stderr
    `main` is running on port 5433
    [exit 0]
    ");
    let pid = room.pid("main");
    insta::assert_snapshot!(room.run(["manage", "start"]).meets("manage.start.exit_codes.2"), @"
    --- stderr
    already running
    [exit 2]
    ");
    room.run(["manage", "start", "--wait", "--timeout", "5"]).skipped();
    assert_eq!(room.pid("main"), pid);
}

#[test]
fn start_without_an_instance_fails_and_names_the_command_that_makes_one() {
    let room = Room::new();
    insta::assert_snapshot!(room.run(["manage", "start"]).meets("manage.start.exit_codes.1").failed(), @"
    --- stderr
    error: there is no instance `main`
    hint: `resource-postgres manage install` creates it
    [exit 1]
    ");
    insta::assert_snapshot!(room.run(["manage", "start", "--instance", "shop"]).failed(), @"
    --- stderr
    error: there is no instance `shop`
    hint: `resource-postgres content create-instance shop` creates it
    [exit 1]
    ");
    room.run(["manage", "start", "--all"]).failed();
    room.run(["manage", "start", "--force"]).failed();
    assert!(!room.instance("main").exists());
}

#[test]
fn start_of_an_unknown_instance_names_those_that_there_are() {
    let room = Room::new();
    room.run(["manage", "install"]).done();
    insta::assert_snapshot!(room.run(["manage", "start", "--instance", "shop"]).failed(), @"
    --- stderr
    error: there is no instance `shop`
    hint: there are: main
    [exit 1]
    ");
}

#[test]
fn start_can_mean_one_instance_or_all_and_all_again_with_force_is_success() {
    let room = Room::up();
    room.run(["content", "create-instance", "shop"]).done();
    room.run(["manage", "stop", "--all"]).done();
    insta::assert_snapshot!(room.run(["manage", "start", "--instance", "shop"]).done(), @"
    --- stderr
    `shop` is running on port 5434
    [exit 0]
    ");
    assert_eq!((room.state("main"), room.state("shop")), ("stopped".to_owned(), "running".to_owned()));

    insta::assert_snapshot!(room.run(["manage", "start", "--all"]).done(), @"
    --- stderr
    `main` is running on port 5433
    [exit 0]
    ");
    insta::assert_snapshot!(room.run(["manage", "start", "--all"]).skipped(), @"
    --- stderr
    already running
    [exit 2]
    ");
    insta::assert_snapshot!(room.run(["manage", "start", "--force"]).done(), @"[exit 0]");
}

#[test]
fn one_instance_that_cannot_start_does_not_keep_the_others_from_it() {
    let room = Room::up();
    room.run(["content", "create-instance", "shop"]).done();
    room.run(["manage", "stop", "--all"]).done();
    std::fs::write(room.instance("main").join("config/postgresql.conf"), "shared_bufers = 1MB\n").unwrap();
    insta::assert_snapshot!(room.run(["manage", "start", "--all"]).failed(), @r#"
    --- stderr
    error: the configuration of instance `main` is not valid: unrecognized configuration parameter "shared_bufers" in file "[room]/instances/main/config/postgresql.conf" line 1
    hint: correct the line; a running server goes on with its old configuration
    `shop` is running on port 5434
    error: 1 of 2 instances failed
    [exit 1]
    "#);
    assert_eq!(room.state("shop"), "running");
}

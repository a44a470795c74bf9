//! The flat forms `up install start stop restart uninstall`: the orchestrator accepts nothing but 0.

use crate::support::Room;

#[test]
fn every_flat_form_answers_0_again_and_again() {
    let room = Room::new();
    for form in [
        &["uninstall"][..],
        &["stop"],
        &["install"],
        &["install"],
        &["start"],
        &["start"],
        &["restart"],
        &["stop"],
        &["stop"],
        &["restart"],
        &["up"],
        &["up"],
        &["start", "--all"],
        &["stop", "--all", "--force"],
        &["uninstall", "--keep-data"],
        &["uninstall", "--keep-data"],
        &["start"],
        &["uninstall", "--force"],
        &["uninstall", "--force"],
    ] {
        room.run(form).done();
    }
}

#[test]
fn start_creates_main_where_it_is_missing_and_no_other_instance() {
    let room = Room::new();
    insta::assert_snapshot!(room.run(["start"]).done(), @"
    --- stderr
    `main` is created and running on port 5433
    [exit 0]
    ");
    insta::assert_snapshot!(room.run(["start"]).done(), @"
    --- stderr
    already running
    [exit 0]
    ");
    insta::assert_snapshot!(room.run(["start", "--instance", "shop"]).failed(), @"
    --- stderr
    error: there is no instance `shop`
    hint: there are: main
    [exit 1]
    ");
}

#[test]
fn the_flat_forms_say_what_they_have_done() {
    let room = Room::new();
    insta::assert_snapshot!(room.run(["install"]).done(), @"
    --- stderr
    `main` is created on port 5433 and has answered a query; it is stopped
    next: resource-postgres manage start
    [exit 0]
    ");
    insta::assert_snapshot!(room.run(["install"]).done(), @"
    --- stderr
    already installed
    [exit 0]
    ");
    insta::assert_snapshot!(room.run(["restart"]).done(), @"
    --- stderr
    `main` is running on port 5433
    [exit 0]
    ");
    insta::assert_snapshot!(room.run(["stop"]).done(), @"
    --- stderr
    `main` is stopped
    [exit 0]
    ");
    insta::assert_snapshot!(room.run(["stop"]).done(), @"
    --- stderr
    not running
    [exit 0]
    ");
    insta::assert_snapshot!(room.run(["uninstall"]).failed(), @"
    --- stderr
    error: deleting all data of main needs to be confirmed
    hint: `--force` deletes it, `--keep-data` keeps it
    [exit 1]
    ");
    insta::assert_snapshot!(room.run(["uninstall", "--force"]).done(), @"
    --- stderr
    `main` is removed with its data
    [exit 0]
    ");
    insta::assert_snapshot!(room.run(["uninstall"]).done(), @"
    --- stderr
    not installed
    [exit 0]
    ");
}

#[test]
fn up_brings_back_what_was_stopped_with_its_data() {
    let room = Room::up();
    room.run(["content", "execute", "CREATE TABLE kept AS SELECT 42 AS answer"]).done();
    room.run(["stop"]).done();
    insta::assert_snapshot!(room.run(["up"]).done(), @r#"
    PostgreSQL [version] answers at
      postgresql://vrooli:********@127.0.0.1:5433/vrooli

    Next:
      resource-postgres content execute "SELECT version()"
      resource-postgres credentials --show-secrets
      resource-postgres status --verbose
    --- stderr
    `main` is running on port 5433
    [exit 0]
    "#);
    assert_eq!(room.value("main", "SELECT answer FROM kept"), "42");
}

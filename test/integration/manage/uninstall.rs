//! `manage uninstall`.

use crate::support::{Room, pids_below};

#[test]
fn uninstall_removes_every_instance_with_its_server_and_data() {
    let room = Room::up();
    room.run(["content", "create-instance", "shop"]).done();
    let answer = room.run(["manage", "uninstall", "--force"]).meets("manage.uninstall.exit_codes.0");
    insta::assert_snapshot!(answer, @"
    --- stderr
    `main` is removed with its data
    `shop` is removed with its data
    [exit 0]
    ");
    assert_eq!(pids_below(&room.instances()), [0; 0]);
    assert!(!room.instances().exists());
}

#[test]
fn uninstall_without_confirmation_fails_and_touches_nothing() {
    let room = Room::up();
    let pid = room.pid("main");
    let answer = room.run(["manage", "uninstall"]).meets("manage.uninstall.exit_codes.1").failed();
    insta::assert_snapshot!(answer, @"
    --- stderr
    error: deleting all data of main needs to be confirmed
    hint: `--force` deletes it, `--keep-data` keeps it
    [exit 1]
    ");
    assert_eq!(room.pid("main"), pid);
    assert_eq!(room.value("main", "SELECT 1"), "1");
}

#[test]
fn uninstalling_what_is_not_installed_is_skipped() {
    let room = Room::new();
    let answer = room.run(["manage", "uninstall", "--force"]).meets("manage.uninstall.exit_codes.2");
    insta::assert_snapshot!(answer, @"
    --- stderr
    not installed
    [exit 2]
    ");
    room.run(["manage", "uninstall"]).skipped();
    room.run(["manage", "uninstall", "--keep-data"]).skipped();
}

#[test]
fn uninstall_can_keep_the_data_and_says_where_it_is() {
    let room = Room::up();
    insta::assert_snapshot!(room.run(["manage", "uninstall", "--keep-data"]).done(), @"
    --- stderr
    `main` is removed; its data is kept in [room]/instances/main
    [exit 0]
    ");
    assert_eq!(pids_below(&room.instances()), [0; 0]);
    assert!(room.data("main").join("PG_VERSION").exists());
    insta::assert_snapshot!(room.run(["manage", "uninstall", "--force"]).skipped(), @"
    --- stderr
    kept data of `main` is in [room]/instances/main: `content remove --name main --force` deletes it
    not installed
    [exit 2]
    ");
    insta::assert_snapshot!(room.run(["manage", "start"]).failed(), @"
    --- stderr
    error: there is no instance `main`
    hint: `resource-postgres manage install` creates it
    [exit 1]
    ");
    room.run(["status"]).skipped();

    insta::assert_snapshot!(room.run(["content", "remove", "--name", "main", "--force"]).done(), @"
    --- stderr
    `main` is removed with its data
    [exit 0]
    ");
    assert!(!room.instance("main").exists());
}

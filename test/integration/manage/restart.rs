//! `manage restart`.

use std::fs;

use crate::support::Room;

#[test]
fn restart_gives_a_running_instance_a_new_server_with_the_same_data() {
    let room = Room::up();
    room.run(["content", "execute", "CREATE TABLE kept AS SELECT 42 AS answer"]).done();
    let pid = room.pid("main");
    insta::assert_snapshot!(room.run(["manage", "restart"]).meets("manage.restart.exit_codes.0"), @"
    --- stderr
    `main` is running on port 5433
    [exit 0]
    ");
    assert_ne!(room.pid("main"), pid);
    assert_eq!(room.value("main", "SELECT answer FROM kept"), "42");
    room.run(["manage", "restart", "--force"]).done();
    assert_eq!(room.value("main", "SELECT answer FROM kept"), "42");
}

#[test]
fn restart_starts_what_is_stopped() {
    let room = Room::new();
    room.run(["manage", "install"]).done();
    insta::assert_snapshot!(room.run(["manage", "restart"]).done(), @"
    --- stderr
    `main` is running on port 5433
    [exit 0]
    ");
    assert_eq!(room.recorded("main", "desired"), "running");
}

#[test]
fn restart_without_an_instance_fails() {
    let room = Room::new();
    let answer = room.run(["manage", "restart"]).meets("manage.restart.exit_codes.1").failed();
    insta::assert_snapshot!(answer, @"
    --- stderr
    error: there is no instance `main`
    hint: `resource-postgres manage install` creates it
    [exit 1]
    ");
    room.run(["manage", "restart", "--all"]).failed();
}

#[test]
fn restart_refuses_an_invalid_configuration_before_it_touches_the_server() {
    let room = Room::up();
    let pid = room.pid("main");
    let file = room.instance("main").join("config/postgresql.conf");
    let valid = fs::read_to_string(&file).unwrap();
    fs::write(&file, "max_connections = many\n").unwrap();
    insta::assert_snapshot!(room.run(["manage", "restart"]).failed(), @r#"
    --- stderr
    error: the configuration of instance `main` is not valid: invalid value for parameter "max_connections": "many" ([room]/instances/main/config/postgresql.conf line 1)
    hint: correct the line; a running server goes on with its old configuration
    [exit 1]
    "#);
    assert_eq!(room.pid("main"), pid);

    fs::write(&file, format!("{valid}max_connections = 33\n")).unwrap();
    room.run(["manage", "restart"]).done();
    assert_eq!(room.value("main", "SHOW max_connections"), "33");
}

#[test]
fn restart_can_mean_one_instance_or_all() {
    let room = Room::up();
    room.run(["content", "create-instance", "shop"]).done();
    let (main, shop) = (room.pid("main"), room.pid("shop"));
    insta::assert_snapshot!(room.run(["manage", "restart", "--instance", "shop"]).done(), @"
    --- stderr
    `shop` is running on port 5434
    [exit 0]
    ");
    assert_eq!(room.pid("main"), main);
    assert_ne!(room.pid("shop"), shop);
    insta::assert_snapshot!(room.run(["manage", "restart", "--all"]).done(), @"
    --- stderr
    `main` is running on port 5433
    `shop` is running on port 5434
    [exit 0]
    ");
    assert_ne!(room.pid("main"), main);
}

//! `manage stop`.

use std::fs::File;
use std::io::Write;

use crate::support::{Room, eventually};

#[test]
fn stop_stops_what_runs_and_skips_what_does_not() {
    let room = Room::up();
    insta::assert_snapshot!(room.run(["manage", "stop"]).meets("manage.stop.exit_codes.0"), @"
    --- stderr
    `main` is stopped
    [exit 0]
    ");
    assert_eq!(room.recorded("main", "desired"), "stopped");
    insta::assert_snapshot!(room.run(["manage", "stop"]).meets("manage.stop.exit_codes.2"), @"
    --- stderr
    not running
    [exit 2]
    ");
}

#[test]
fn stopping_what_is_not_installed_is_skipped() {
    let room = Room::new();
    insta::assert_snapshot!(room.run(["manage", "stop"]).skipped(), @"
    --- stderr
    not running
    [exit 2]
    ");
    room.run(["manage", "stop", "--all"]).skipped();
    room.run(["manage", "stop", "--instance", "shop"]).skipped();
}

#[test]
fn a_server_that_does_not_end_in_time_fails_the_stop_and_ends_by_force() {
    let room = Room::new();
    room.run(["manage", "install"]).done();
    // A shutdown waits for WAL that is being archived.
    let mut file =
        File::options().append(true).open(room.instance("main").join("config/postgresql.conf")).unwrap();
    file.write_all(b"archive_mode = on\narchive_command = 'touch archiving; sleep 60'\n").unwrap();
    room.run(["manage", "start"]).done();
    room.run(["content", "execute", "CREATE TABLE kept AS SELECT 42 AS answer; SELECT pg_switch_wal()"])
        .done();
    eventually("WAL is being archived", || room.data("main").join("archiving").exists());
    let answer = room.run(["manage", "stop", "--timeout", "1"]).meets("manage.stop.exit_codes.1").failed();
    let answer = answer.hiding("its (process .* lives|container still runs)", "it is still there");
    insta::assert_snapshot!(answer, @"
    --- stderr
    error: the server of instance `main` did not stop within 1 s: it is still there
    hint: `resource-postgres manage stop --instance main --force` ends it at once; committed data is safe
    [exit 1]
    ");
    insta::assert_snapshot!(room.run(["manage", "stop", "--force", "--timeout", "5"]).done(), @"
    --- stderr
    `main` is stopped
    [exit 0]
    ");
    room.run(["manage", "start"]).done();
    assert_eq!(room.value("main", "SELECT answer FROM kept"), "42");
}

#[test]
fn a_stop_by_force_loses_nothing_that_was_committed() {
    let room = Room::up();
    room.run(["content", "execute", "CREATE TABLE kept AS SELECT 42 AS answer"]).done();
    insta::assert_snapshot!(room.run(["manage", "stop", "--force"]).done(), @"
    --- stderr
    `main` is stopped
    [exit 0]
    ");
    insta::assert_snapshot!(room.run(["status"]).skipped(), @"
    PostgreSQL: not running
    ✅ Installed: Yes
    ❌ Running: No
    ❌ Healthy: No
    Health: no instance runs
    Port: 5433 (range 5433-5499)
    Endpoint: postgresql://localhost:5433/vrooli

    Instances: 1, running 0, healthy 0
    NAME  STATE    PORT  DATABASE  TEMPLATE     WHY
    main  stopped  5433  vrooli    development  it ended without a shutdown; a start replays its WAL
    [exit 2]
    ");
    room.run(["manage", "stop"]).skipped();
    room.run(["manage", "start"]).done();
    assert_eq!(room.value("main", "SELECT answer FROM kept"), "42");
}

#[test]
fn stop_can_mean_one_instance_or_all() {
    let room = Room::up();
    room.run(["content", "create-instance", "shop"]).done();
    insta::assert_snapshot!(room.run(["manage", "stop", "--instance", "shop"]).done(), @"
    --- stderr
    `shop` is stopped
    [exit 0]
    ");
    assert_eq!((room.state("main"), room.state("shop")), ("running".to_owned(), "stopped".to_owned()));
    insta::assert_snapshot!(room.run(["manage", "stop", "--all"]).done(), @"
    --- stderr
    `main` is stopped
    [exit 0]
    ");
    insta::assert_snapshot!(room.run(["manage", "stop", "--all"]).skipped(), @"
    --- stderr
    not running
    [exit 2]
    ");
}

#[test]
fn a_stop_ends_the_sessions_of_clients() {
    let room = Room::up();
    let client = room.spawn(["content", "execute", "SELECT pg_sleep(60)"]);
    eventually("the client's statement runs", || {
        room.value("main", "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)'") == "1"
    });
    room.run(["manage", "stop"]).done();
    insta::assert_snapshot!(room.wait(client).failed(), @"
    --- stderr
    error: connection lost: 57P01: terminating connection due to administrator command; no statement had been acknowledged
    hint: what was acknowledged is done; `resource-postgres status` tells how the server is
    [exit 1]
    ");
}

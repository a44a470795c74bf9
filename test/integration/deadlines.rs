//! Deadlines: a command ends within its limit and says what it was waiting for.

use std::fs::File;
use std::time::{Duration, Instant};

use crate::support::{Answer, Room, eventually, kill};

/// Runs a command that has one second instead of the contract's limit, and that fails for it.
fn late(room: &Room, args: &[&str]) -> Answer {
    let mut command = room.command(args);
    let begun = Instant::now();
    let output = command.env("RESOURCE_POSTGRES_LIMIT_SECONDS", "1").output().unwrap();
    let answer = room.answer(&command, &output).failed();
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}: {answer}", begun.elapsed());
    answer
}

#[test]
fn a_command_that_waits_for_anothers_lock_ends_in_time_and_names_the_holder() {
    let room = Room::up();
    let slow = room.file("slow.sql", "SELECT pg_sleep(60)");
    let adding = room.spawn(["content", "add", "schema", "--file", &slow]);
    eventually("the schema is being applied", || {
        room.value("main", "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)'") == "1"
    });
    insta::assert_snapshot!(late(&room, &["manage", "stop"]), @"
    --- stderr
    error: `manage stop` ran out of its 1 s: it was waiting for `content add (pid [pid])` to release [room]/instances/.locks/main.lock
    hint: nothing is lost: run the command again, and see `resource-postgres logs`
    [exit 1]
    ");
    insta::assert_snapshot!(late(&room, &["content", "remove", "--name", "main", "--force"]), @"
    --- stderr
    error: `content remove` ran out of its 1 s: it was waiting for `content add (pid [pid])` to release [room]/instances/.locks/main.lock
    hint: nothing is lost: run the command again, and see `resource-postgres logs`
    [exit 1]
    ");
    assert_eq!(room.state("main"), "running");

    kill(i32::try_from(adding.id()).unwrap(), "KILL");
    drop(room.wait(adding));
    insta::assert_snapshot!(room.run(["manage", "stop"]).done(), @"
    --- stderr
    `main` is stopped
    [exit 0]
    ");
}

#[test]
fn a_lock_whose_holder_is_not_known_is_waited_for_all_the_same() {
    let room = Room::up();
    room.run(["manage", "stop"]).done();
    let locks = room.instances().join(".locks");
    let lock = |name: &str| {
        let file = File::options().create(true).truncate(true).write(true).open(locks.join(name)).unwrap();
        file.lock().unwrap();
        file
    };
    let held = lock("main.lock");
    insta::assert_snapshot!(late(&room, &["manage", "start"]), @"
    --- stderr
    error: `manage start` ran out of its 1 s: it was waiting for another command to release [room]/instances/.locks/main.lock
    hint: nothing is lost: run the command again, and see `resource-postgres logs`
    [exit 1]
    ");
    drop(held);
    room.run(["manage", "start"]).done();

    let _store = lock("store.ports.lock");
    insta::assert_snapshot!(late(&room, &["content", "create-instance", "shop"]), @"
    --- stderr
    error: `content create-instance` ran out of its 1 s: it was waiting for another command to release [room]/instances/.locks/store.ports.lock
    hint: nothing is lost: run the command again, and see `resource-postgres logs`
    [exit 1]
    ");
    assert!(!room.instance("shop").exists());
}

#[test]
fn a_server_that_never_answers_keeps_no_command_beyond_its_limit() {
    let room = Room::up();
    kill(room.pid("main"), "STOP");
    insta::assert_snapshot!(late(&room, &["content", "execute", "SELECT 1"]), @"
    --- stderr
    error: `content execute` ran out of its 1 s: it was waiting for `main` to accept a connection
    hint: nothing is lost: run the command again, and see `resource-postgres logs`
    [exit 1]
    ");
}

#[test]
fn sql_that_takes_too_long_is_given_up() {
    let room = Room::up();
    insta::assert_snapshot!(late(&room, &["content", "execute", "SELECT pg_sleep(60)"]), @"
    --- stderr
    ERROR:  57014: canceling statement due to user request
    error: the command's time is over: `--options timeout=SECONDS` gives it more
    [exit 1]
    ");
}

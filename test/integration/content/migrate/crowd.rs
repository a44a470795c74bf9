//! Several who migrate the same database at once.

use super::{files, many, migrate, recorded};
use crate::support::{Room, eventually, kill};

#[test]
fn of_eight_at_once_each_migration_is_applied_once_and_in_order() {
    let room = Room::up();
    many(&room, "migrations", 49, "");
    // Whoever is first goes on once all have come.
    let all_there = "DO $$ BEGIN\n\
                     WHILE (SELECT count(*) FROM pg_stat_activity WHERE application_name = 'resource-postgres migrate') < 8\n\
                     LOOP PERFORM pg_sleep(0.01), pg_stat_clear_snapshot(); END LOOP;\nEND $$;\n";
    files(&room, "migrations", &[("000_all_there.sql", all_there)]);
    let all: Vec<_> = (0..8).map(|_| room.spawn(["content", "migrate"])).collect();
    let answers: Vec<_> = all.into_iter().map(|it| room.wait(it)).collect();
    let applied = answers.iter().filter(|it| it.stderr.contains("50 migrations applied to")).count();
    assert_eq!(applied, 1, "{answers:?}");
    for it in answers.iter().filter(|it| !it.stderr.contains("50 migrations applied to")) {
        assert_eq!(it.code, Some(0), "{it}");
        assert!(
            it.stderr.contains("waiting: database `vrooli` of `main` is being migrated by process "),
            "{it}"
        );
        assert!(it.stderr.contains("nothing is pending: 50 migrations applied"), "{it}");
    }
    let expected: Vec<String> = (0..50).map(|it| format!("{it:03}")).collect();
    assert_eq!(recorded(&room), expected.join(" "));
    assert_eq!(room.value("main", "SELECT count(*) || ' ' || max(step) FROM log"), "49 49");
}

#[test]
fn those_who_wait_do_not_hinder_an_index_that_waits_for_all_transactions() {
    let room = Room::up();
    let index = "-- migrate:no-transaction\nCREATE INDEX CONCURRENTLY i ON t (a);\n";
    files(
        &room,
        "migrations",
        &[("1_t.sql", "CREATE TABLE t (a int);\nSELECT pg_sleep(0.5);"), ("2_i.sql", index)],
    );
    let all: Vec<_> = (0..4).map(|_| room.spawn(["content", "migrate"])).collect();
    for it in all {
        room.wait(it).done();
    }
    assert_eq!(room.value("main", "SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass"), "t");
}

#[test]
fn whoever_waits_too_long_is_told_for_whom() {
    let room = Room::up();
    files(&room, "migrations", &[("1_slow.sql", "SELECT pg_sleep(60);")]);
    let slow = room.spawn(["content", "migrate"]);
    let running = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(60%'";
    eventually("the first one is at it", || room.value("main", running) == "1");
    let late = migrate(&room, "up --lock-wait 1").failed();
    insta::assert_snapshot!(late, @"
    --- stderr
    waiting: database `vrooli` of `main` is being migrated by process [pid] (`resource-postgres migrate`, connected since [time])
    error: database `vrooli` of `main`: process [pid] (`resource-postgres migrate`, connected since [time]) still migrates it after 1 s
    hint: `--lock-wait SECONDS` waits longer
    [exit 1]
    ");
    kill(i32::try_from(slow.id()).unwrap(), "INT");
    let answer = room.wait(slow).failed();
    assert!(
        answer.stderr.contains("1_slow.sql:1: ERROR:  57014: canceling statement due to user request"),
        "{answer}"
    );
    assert_eq!(room.value("main", running), "0");
}

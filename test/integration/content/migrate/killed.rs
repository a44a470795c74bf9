//! Runs that are killed: each migration is applied and recorded, or neither, and the next run finishes.

use std::io::{BufRead, BufReader};
use std::time::Duration;

use super::{files, many, migrate};
use crate::support::{Room, eventually};

/// Every point at which a debug build can be told to kill itself while it migrates.
pub const STEPS: [&str; 7] = [
    "migrate-ran",
    "migrate-recorded",
    "migrate-begun",
    "migrate-stepped",
    "migrate-alone",
    "migrate-copied",
    "migrate-cloned",
];

/// Migrations that outlast fifty kills.
const MIGRATIONS: usize = 500;

/// A run that kills itself at the step, and whose session the server has noticed to be gone.
fn killed_at(room: &mut Room, step: &str, words: &str) {
    room.set("RESOURCE_POSTGRES_KILL_AT", step);
    assert_eq!(migrate(room, words).code, None, "{step}");
    room.unset("RESOURCE_POSTGRES_KILL_AT");
}

/// What is in the tables is what is recorded.
fn agrees(room: &Room) {
    let sql = "SELECT coalesce((SELECT count(*) FROM schema_migrations), 0) || ' ' || \
               coalesce((xpath('/row/c/text()', query_to_xml('SELECT count(*) AS c FROM log', false, true, '')))[1]::text, '0')";
    let there = room.value(
        "main",
        "SELECT to_regclass('log') IS NOT NULL AND to_regclass('schema_migrations') IS NOT NULL",
    );
    if there == "t" {
        let told = room.value("main", sql);
        let (recorded, done) = told.split_once(' ').unwrap();
        assert_eq!(recorded, done);
    }
}

#[test]
fn a_run_killed_at_any_moment_has_applied_and_recorded_a_migration_or_neither() {
    let room = Room::up();
    // Long enough that every kill hits a run that has something left to do.
    many(&room, "migrations", MIGRATIONS, "SELECT pg_sleep(0.005);\n");
    let mut hit = 0;
    for round in 0..50_u64 {
        let mut child = room.spawn(["content", "migrate"]);
        if round % 2 == 0 {
            let mut lines = BufReader::new(child.stderr.as_mut().unwrap()).lines();
            assert!(lines.next().unwrap().unwrap().starts_with("applied "));
        }
        std::thread::sleep(Duration::from_millis((round * 7) % 30));
        child.kill().unwrap();
        hit += usize::from(child.wait().unwrap().code().is_none());
        agrees(&room);
    }
    assert_eq!(hit, 50, "a run ended before it was killed");
    let left = migrate(&room, "status --format json").json();
    assert!(left["applied"].as_u64().unwrap() > 0 && left["pending"].as_u64().unwrap() > 0, "{left}");
    migrate(&room, "up").done();
    agrees(&room);
    let done = room.value("main", "SELECT count(*) || ' ' || max(step) FROM log");
    assert_eq!(done, format!("{MIGRATIONS} {MIGRATIONS}"));
}

#[test]
fn a_run_killed_before_its_record_has_done_nothing_and_one_killed_after_it_is_done() {
    for (step, applied) in [("migrate-ran", "0"), ("migrate-recorded", "1")] {
        let mut room = Room::up();
        files(&room, "migrations", &[("1_a.sql", "CREATE TABLE a (x int);")]);
        killed_at(&mut room, step, "up");
        eventually("the server has noticed", || {
            room.value("main", "SELECT count(*) FROM schema_migrations") == applied
        });
        migrate(&room, "up").done();
        assert_eq!(room.value("main", "SELECT count(*) FROM a"), "0");
    }
}

#[test]
fn a_run_killed_between_statements_is_gone_on_with_where_it_was() {
    let text = "-- migrate:no-transaction\nCREATE TABLE t (a int);\nINSERT INTO t VALUES (1);\n\
                CREATE INDEX CONCURRENTLY i ON t (a);\nINSERT INTO t VALUES (2);\n";
    for (step, far) in
        [("migrate-begun", "0 of 4"), ("migrate-stepped", "1 of 4"), ("migrate-alone", "2 of 4")]
    {
        let mut room = Room::up();
        files(&room, "migrations", &[("1_t.sql", text)]);
        killed_at(&mut room, step, "up");
        let status = migrate(&room, "status --exit-code").ended(1);
        assert!(status.stdout.contains(&format!("unfinished: {far} statements")), "{step}: {status}");
        migrate(&room, "up").done();
        assert_eq!(room.value("main", "SELECT string_agg(a::text, ',' ORDER BY a) FROM t"), "1,2", "{step}");
        let valid = "SELECT count(*) FROM pg_index WHERE indexrelid = 'i'::regclass AND indisvalid";
        assert_eq!(room.value("main", valid), "1", "{step}");
        assert_eq!(room.value("main", "SELECT count(*) FROM migration_progress"), "0", "{step}");
    }
}

#[test]
fn a_copy_that_a_killed_plan_has_left_is_dropped_by_the_next() {
    let mut room = Room::up();
    files(&room, "migrations", &[("1_a.sql", "CREATE TABLE a (x int);")]);
    killed_at(&mut room, "migrate-copied", "plan --on-clone");
    let copies =
        || room.value("main", "SELECT count(*) FROM pg_database WHERE datname LIKE 'migration-plan-%'");
    assert_eq!(copies(), "1");
    migrate(&room, "plan --on-clone").done();
    assert_eq!(copies(), "0");
}

#[test]
fn an_instance_that_a_killed_plan_has_left_is_taken_away_by_the_next() {
    let mut room = Room::up();
    files(&room, "migrations", &[("1_a.sql", "CREATE TABLE a (x int);")]);
    let Some(mut psql) = room.psql("main") else { return };
    let mut other = psql.args(["-c", "SELECT pg_sleep(60)"]).spawn().unwrap();
    let connected = "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)'";
    eventually("somebody is connected", || room.value("main", connected) == "1");
    killed_at(&mut room, "migrate-cloned", "plan --on-clone");
    let instances = || {
        room.run(["content", "list-instances", "--format", "json"]).json()["instances"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(instances(), 2);
    let plan = migrate(&room, "plan --on-clone").done();
    assert!(plan.stderr.contains("database `vrooli` is in use by "), "{plan}");
    assert_eq!(instances(), 1);
    assert_eq!(room.value("main", connected), "1");
    other.kill().unwrap();
    other.wait().unwrap();
}

//! `plan`: what would happen, and nothing of it.

use super::{dump, files, migrate};
use crate::support::{Answer, Room};

const FILES: [(&str, &str); 3] = [
    (
        "002_b.sql",
        "ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid();\nINSERT INTO users (name) VALUES ('b');\n\
         CREATE INDEX users_name ON users (name);\n",
    ),
    ("003_c.sql", "-- migrate:no-transaction\nCREATE INDEX CONCURRENTLY users_id ON users (id, name);\n"),
    ("004_d.sql", "CREATE TABLE tags (id int);\nDROP TABLE old;\n"),
];

fn room() -> Room {
    let room = Room::up();
    let first = "CREATE TABLE users (id serial PRIMARY KEY, name text);\nINSERT INTO users (name) VALUES ('a');\n\
                 CREATE TABLE old (x int);\n";
    files(&room, "migrations", &[("001_a.sql", first)]);
    migrate(&room, "up").done();
    files(&room, "migrations", &FILES);
    room
}

fn timeless(answer: Answer) -> Answer {
    answer.hiding(r"\[\d+\.\d\d ms\]", "[N ms]")
}

#[test]
fn a_plan_shows_statements_locks_rewrites_and_dangers_and_changes_nothing() {
    let room = room();
    let before = dump(&room, "vrooli", "--data");
    insta::assert_snapshot!(timeless(migrate(&room, "plan").done()));
    assert_eq!(dump(&room, "vrooli", "--data"), before);
    assert_eq!(room.value("main", "SELECT nextval('users_id_seq')"), "2");
}

#[test]
fn a_plan_on_a_clone_runs_what_no_transaction_may_hold() {
    let room = room();
    let before = dump(&room, "vrooli", "--data");
    insta::assert_snapshot!(timeless(migrate(&room, "plan --on-clone").done()));
    assert_eq!(dump(&room, "vrooli", "--data"), before);
    assert_eq!(
        room.value("main", "SELECT count(*) FROM pg_database WHERE datname LIKE 'migration-plan%'"),
        "0"
    );
}

#[test]
fn a_plan_ends_at_what_would_fail_and_fails() {
    let room = room();
    files(&room, "migrations", &[("003_c.sql", "SELECT 1;\nSELECT nope;\n")]);
    let report = migrate(&room, "plan --format json").ended(1).json();
    assert_eq!(report["failed"], true);
    assert_eq!(report["migrations"].as_array().unwrap().len(), 2);
    let last = &report["migrations"][1]["statements"][1];
    assert_eq!(
        last["error"],
        "migrations/003_c.sql:2: ERROR:  42703: column \"nope\" does not exist\nLINE 1: SELECT nope;\n               ^"
    );
}

#[test]
fn what_is_too_dangerous_can_be_denied() {
    let room = room();
    migrate(&room, "plan --deny danger").ended(1);
    insta::assert_snapshot!(migrate(&room, "up --deny danger").failed());
    assert_eq!(room.value("main", "SELECT count(*) FROM schema_migrations"), "1");
    migrate(&room, "plan --deny danger --to 3").done();
}

#[test]
fn a_sequence_that_others_may_use_is_named_and_not_put_back() {
    let room = room();
    let Some(mut psql) = room.psql("main") else { return };
    let mut other = psql.args(["-c", "SELECT pg_sleep(30)"]).spawn().unwrap();
    crate::support::eventually("somebody is connected", || {
        room.value("main", "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(30)'") == "1"
    });
    let plan = migrate(&room, "plan").done();
    other.kill().unwrap();
    other.wait().unwrap();
    let told = "sequence public.users_id_seq has moved on: others use the database, so it was not put back\n";
    assert!(plan.stdout.ends_with(told), "{plan}");
}

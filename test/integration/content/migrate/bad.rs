//! Servers that do not let themselves be migrated.

use super::{files, migrate};
use crate::support::Room;

#[test]
fn a_server_that_only_reads_is_told_and_nothing_pending_needs_no_writing() {
    let room = Room::up();
    files(&room, "migrations", &[("1_a.sql", "CREATE TABLE a (x int);")]);
    let read_only = |on: &str| {
        room.run([
            "content",
            "execute",
            &format!("ALTER ROLE vrooli SET default_transaction_read_only = {on}"),
        ])
    };
    read_only("on").done();
    insta::assert_snapshot!(migrate(&room, "up").failed(), @"
    --- stderr
    error: making the tables that record migrations: cannot execute CREATE TABLE in a read-only transaction (SQLSTATE 25006)
    [exit 1]
    ");
    room.run([
        "content",
        "execute",
        "SET default_transaction_read_only = off; ALTER ROLE vrooli RESET default_transaction_read_only",
    ])
    .done();
    migrate(&room, "up").done();
    read_only("on").done();
    migrate(&room, "up").done();
    migrate(&room, "status").done();
}

#[test]
fn a_privilege_that_is_missing_is_told_with_its_statement() {
    let room = Room::up();
    room.run(["content", "execute", "CREATE ROLE other; CREATE SCHEMA closed AUTHORIZATION other"]).done();
    let text = "SET ROLE other;\nCREATE TABLE public.t (a int);\n";
    files(&room, "migrations", &[("1_a.sql", text)]);
    insta::assert_snapshot!(migrate(&room, "up").failed(), @"
    --- stderr
    migrations/1_a.sql:2: ERROR:  42501: permission denied for schema public
    LINE 1: CREATE TABLE public.t (a int);
                         ^
    [exit 1]
    ");
    assert_eq!(room.value("main", "SELECT count(*) FROM schema_migrations"), "0");
}

#[test]
fn an_instance_or_database_that_is_not_there_is_named() {
    let room = Room::up();
    files(&room, "migrations", &[("1_a.sql", "CREATE TABLE a (x int);")]);
    insta::assert_snapshot!(migrate(&room, "up --instance shop").failed(), @"
    --- stderr
    error: there is no instance `shop`
    hint: there are: main
    [exit 1]
    ");
    let answer = migrate(&room, "up --database shop").failed();
    assert!(answer.stderr.contains("database \"shop\" does not exist"), "{answer}");
    room.run(["stop"]).done();
    let answer = migrate(&room, "up").failed();
    assert!(answer.stderr.starts_with("error: instance `main` "), "{answer}");
}

#[test]
fn a_migration_without_a_statement_is_refused_before_any_is_applied() {
    let room = Room::up();
    files(&room, "migrations", &[("001_a.sql", "CREATE TABLE a (x int);")]);
    migrate(&room, "new b").done();
    migrate(&room, "status").done();
    insta::assert_snapshot!(migrate(&room, "up").failed(), @"
    --- stderr
    error: migration migrations/002_b.sql: it has no statement
    hint: write into it what it does, or delete it
    [exit 1]
    ");
    assert_eq!(room.value("main", "SELECT to_regclass('a') IS NULL"), "t");
}

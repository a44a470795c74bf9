//! Files and records that do not agree: each way is named, and a person decides.

use std::fs;

use super::{files, migrate, recorded};
use crate::support::Room;

const FILES: [(&str, &str); 3] = [
    ("001_a.sql", "CREATE TABLE a (x int);\n"),
    ("003_c.sql", "CREATE TABLE c (x int);\n"),
    ("004_d.sql", "CREATE TABLE d (x int);\n"),
];

#[test]
fn a_changed_file_is_named_and_can_be_accepted() {
    let room = Room::up();
    files(&room, "migrations", &FILES);
    migrate(&room, "up").done();
    files(&room, "migrations", &[("003_c.sql", "CREATE TABLE c (x int);  \r\n\r\n")]);
    migrate(&room, "status --exit-code").done();
    files(&room, "migrations", &[("003_c.sql", "CREATE TABLE c (x bigint);\n"), ("005_e.sql", "SELECT 1;")]);
    insta::assert_snapshot!(migrate(&room, "up").failed(), @"
    --- stderr
    error: the migrations in migrations: `003` changed after being applied
    hint: put the old text back and write another migration, or `content migrate repair --accept-changed` takes the new text for what was applied
    [exit 1]
    ");
    assert!(migrate(&room, "status").done().stdout.contains("003      c            changed "));
    insta::assert_snapshot!(migrate(&room, "repair").done(), @"
    --- stderr
    nothing is changed: `content migrate status` shows what there is to decide
    [exit 0]
    ");
    insta::assert_snapshot!(migrate(&room, "repair --accept-changed").done(), @"
    --- stderr
    003 counts as applied in its present text
    [exit 0]
    ");
    migrate(&room, "up").done();
    migrate(&room, "status --exit-code").done();
}

#[test]
fn a_missing_file_is_named_and_can_be_forgotten() {
    let room = Room::up();
    files(&room, "migrations", &FILES);
    migrate(&room, "up").done();
    fs::remove_file(room.path().join("migrations/003_c.sql")).unwrap();
    insta::assert_snapshot!(migrate(&room, "up").failed(), @"
    --- stderr
    error: the migrations in migrations: the file of `003` is missing, which is applied
    hint: put it back, or `content migrate repair --forget-missing` forgets that it is applied
    [exit 1]
    ");
    migrate(&room, "repair --forget-missing").done();
    migrate(&room, "up").done();
}

#[test]
fn a_version_that_comes_too_late_is_refused_unless_it_is_allowed() {
    let room = Room::up();
    files(&room, "migrations", &FILES);
    migrate(&room, "up").done();
    files(&room, "migrations", &[("002_b.sql", "CREATE TABLE b (x int);\n")]);
    insta::assert_snapshot!(migrate(&room, "up").failed(), @"
    --- stderr
    error: the migrations in migrations: `002` comes before one that is applied already
    hint: give it a later version, or `--out-of-order allow` applies it now
    [exit 1]
    ");
    migrate(&room, "up --out-of-order allow").done();
    assert_eq!(recorded(&room), "001 003 004 002");
}

#[test]
fn a_version_that_is_newer_than_all_files_is_told_and_hinders_nobody() {
    let room = Room::up();
    files(&room, "migrations", &FILES);
    migrate(&room, "up").done();
    fs::remove_file(room.path().join("migrations/004_d.sql")).unwrap();
    insta::assert_snapshot!(migrate(&room, "up").done(), @"
    --- stderr
    applied, and not known here: `004`
    nothing is pending: 3 migrations applied
    [exit 0]
    ");
    assert!(migrate(&room, "status --exit-code").done().stdout.contains("004      d            unknown "));
}

#[test]
fn a_database_that_had_its_migrations_otherwise_gets_a_baseline() {
    let room = Room::up();
    files(&room, "migrations", &FILES);
    room.run(["content", "execute", "CREATE TABLE a (x int); CREATE TABLE c (x int)"]).done();
    insta::assert_snapshot!(migrate(&room, "baseline 3").done(), @"
    --- stderr
    2 migrations recorded as applied, and not run
    [exit 0]
    ");
    insta::assert_snapshot!(migrate(&room, "up").done(), @"
    --- stderr
    applied 004_d.sql in N ms
    1 migration applied to database `vrooli`
    [exit 0]
    ");
    insta::assert_snapshot!(migrate(&room, "baseline 7").failed(), @"
    --- stderr
    error: the migrations in migrations: none has version 7
    hint: `content migrate status` shows all
    [exit 1]
    ");
}

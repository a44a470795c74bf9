//! Migrations that no transaction may hold together.

use super::{files, migrate};
use crate::support::Room;

const INDEX: &str = "-- migrate:no-transaction\nCREATE TABLE t (a int);\nINSERT INTO t VALUES (1), (1);\n\
                     CREATE UNIQUE INDEX CONCURRENTLY i ON t (a);\nCREATE TABLE behind (a int);\n";

#[test]
fn what_fails_half_way_is_recorded_shown_and_gone_on_with() {
    let room = Room::up();
    files(&room, "migrations", &[("1_i.sql", INDEX), ("2_b.sql", "CREATE TABLE b (x int);")]);
    insta::assert_snapshot!(migrate(&room, "up").failed(), @r#"
    --- stderr
    migrations/1_i.sql:4: ERROR:  23505: could not create unique index "i"
    DETAIL:  Key (a)=(1) is duplicated.
    [exit 1]
    "#);
    insta::assert_snapshot!(migrate(&room, "status").done(), @r#"
    VERSION  DESCRIPTION  STATE                                                                                                  APPLIED AT  MS
    1        i            unfinished: 2 of 4 statements: migrations/1_i.sql:4: ERROR:  23505: could not create unique index "i"
    2        b            pending
    2 migrations of database `vrooli`: 0 applied, 2 pending, 1 to look at
    [exit 0]
    "#);
    room.run(["content", "execute", "DELETE FROM t WHERE ctid = (SELECT min(ctid) FROM t)"]).done();
    insta::assert_snapshot!(migrate(&room, "up").done(), @"
    --- stderr
    dropping the index i, which an interruption has left invalid
    applied 1_i.sql in N ms
    applied 2_b.sql in N ms
    2 migrations applied to database `vrooli`
    [exit 0]
    ");
    assert_eq!(room.value("main", "SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass"), "t");
    assert_eq!(room.value("main", "SELECT to_regclass('behind') IS NOT NULL"), "t");
}

#[test]
fn what_was_changed_while_it_was_half_done_is_for_a_person_to_decide() {
    let room = Room::up();
    files(&room, "migrations", &[("1_i.sql", INDEX)]);
    migrate(&room, "up").failed();
    files(&room, "migrations", &[("1_i.sql", &INDEX.replace("UNIQUE ", ""))]);
    insta::assert_snapshot!(migrate(&room, "up").failed(), @"
    --- stderr
    error: migration migrations/1_i.sql: 2 of its 4 statements are done, and it changed since
    hint: put the old text back, or undo what is done and `content migrate repair --forget-unfinished 1`
    [exit 1]
    ");
    insta::assert_snapshot!(migrate(&room, "repair --forget-unfinished 2").failed(), @"
    --- stderr
    error: the migrations in migrations: version 2 is not unfinished
    hint: `content migrate status` shows which are
    [exit 1]
    ");
    room.run(["content", "execute", "DROP TABLE t"]).done();
    insta::assert_snapshot!(migrate(&room, "repair --forget-unfinished 1").done(), @"
    --- stderr
    1 counts as not begun
    [exit 0]
    ");
    migrate(&room, "up").done();
}

#[test]
fn an_unfinished_migration_can_be_taken_for_applied() {
    let room = Room::up();
    files(&room, "migrations", &[("1_i.sql", INDEX)]);
    migrate(&room, "up").failed();
    migrate(&room, "repair --finish-unfinished 1").done();
    migrate(&room, "status --exit-code").done();
}

#[test]
fn a_procedure_that_commits_is_run_by_itself() {
    let room = Room::up();
    let text = "-- migrate:no-transaction\nCREATE TABLE t (a int);\n\
                CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO t VALUES (1); COMMIT; INSERT INTO t VALUES (2); END $$;\n\
                CALL p();\nBEGIN;\nINSERT INTO t VALUES (3);\nINSERT INTO t VALUES (4);\nCOMMIT;\n";
    files(&room, "migrations", &[("1_p.sql", text)]);
    migrate(&room, "up").done();
    assert_eq!(room.value("main", "SELECT string_agg(a::text, ',' ORDER BY a) FROM t"), "1,2,3,4");
}

#[test]
fn what_does_not_verify_stays_unfinished_until_it_does() {
    let room = Room::up();
    files(
        &room,
        "migrations",
        &[
            ("1_i.sql", "-- migrate:no-transaction\nCREATE TABLE t (a int);\n"),
            ("1_i.verify.sql", "SELECT 1 / count(*) FROM t;\n"),
        ],
    );
    migrate(&room, "up").failed();
    let status = migrate(&room, "status").done();
    assert!(
        status.stdout.contains("unfinished: 1 of 1 statements: migrations/1_i.verify.sql:1: ERROR:  22012"),
        "{status}"
    );
    room.run(["content", "execute", "INSERT INTO t VALUES (1)"]).done();
    migrate(&room, "up").done();
    migrate(&room, "status --exit-code").done();
}

#[test]
fn a_half_done_migration_without_its_file_is_named() {
    let room = Room::up();
    files(&room, "migrations", &[("1_i.sql", INDEX), ("2_b.sql", "CREATE TABLE b (x int);")]);
    migrate(&room, "up").failed();
    std::fs::remove_file(room.path().join("migrations/1_i.sql")).unwrap();
    assert!(migrate(&room, "status --exit-code").ended(1).stdout.contains("unfinished: 2 of 4 statements"));
    insta::assert_snapshot!(migrate(&room, "up").failed(), @"
    --- stderr
    error: the migrations in migrations: the file of `1` is missing, which is half done
    hint: put it back, or undo what is done and `content migrate repair --forget-unfinished 1`
    [exit 1]
    ");
    migrate(&room, "repair --forget-unfinished 1").done();
    migrate(&room, "up").done();
}

#[test]
fn what_is_done_again_is_what_was_taken_back_even_if_it_was_half_done() {
    let room = Room::up();
    let index = format!("{INDEX}-- migrate:down\nDROP TABLE IF EXISTS t;\n");
    files(&room, "migrations", &[("1_a.sql", "CREATE TABLE a (x int);"), ("2_i.sql", &index)]);
    migrate(&room, "up").failed();
    files(&room, "migrations", &[("2_i.sql", &index.replace("UNIQUE ", ""))]);
    insta::assert_snapshot!(migrate(&room, "redo").done(), @"
    --- stderr
    took back 2_i.sql in N ms
    applied 2_i.sql in N ms
    [exit 0]
    ");
    migrate(&room, "status --exit-code").done();
}

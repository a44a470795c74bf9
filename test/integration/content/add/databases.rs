//! `content add` to databases: which of them has what already, and new ones.

use crate::support::Room;

#[test]
fn a_database_that_was_dropped_and_made_again_gets_the_schema_again() {
    let room = Room::up();
    let file = room.file("s.sql", "CREATE TABLE here ();");
    let add = ["content", "add", "--file", &file, "--database", "other", "--init"];
    room.run(add).done();
    room.run(add).skipped();
    room.run(["content", "execute", "DROP DATABASE other"]).done();
    let listed = |room: &Room| room.run(["content", "list", "--filter", "s.sql"]).done();
    insta::assert_snapshot!(listed(&room), @"
    NAME   TYPE    INSTANCE  DETAIL
    s.sql  schema  main      revision 1, 21 bytes, sha256 bebf7b047818, not applied
    [exit 0]
    ");
    insta::assert_snapshot!(room.run(add).done(), @"
    --- stderr
    database `other` is created in `main`
    schema `s.sql` is applied and stored with `main`
    [exit 0]
    ");
    insta::assert_snapshot!(listed(&room), @"
    NAME   TYPE    INSTANCE  DETAIL
    s.sql  schema  main      revision 1, 21 bytes, sha256 bebf7b047818, applied
    [exit 0]
    ");
    room.run(["content", "execute", "--database", "other", "TABLE here"]).done();
}

#[test]
fn a_database_that_was_renamed_has_its_schema_already() {
    let room = Room::up();
    let file = room.file("s.sql", "CREATE TABLE here ();");
    room.run(["content", "add", "--file", &file, "--database", "old", "--init"]).done();
    room.run(["content", "execute", "ALTER DATABASE old RENAME TO new"]).done();
    room.run(["content", "add", "--file", &file, "--database", "new"]).skipped();
}

#[test]
fn init_creates_the_database_first_whatever_its_name() {
    let room = Room::up();
    let file = room.file("s.sql", "CREATE TABLE here ();");
    for name in ["plain", "with space", "quo\"te", "per%cent", "日本", "Upper", "a'b", &"x".repeat(63)] {
        let add = ["content", "add", "--database", name, "--init", &file];
        room.run(add).done();
        room.run(add).skipped();
        room.run(["content", "execute", "--database", name, "TABLE here"]).done();
    }
    insta::assert_snapshot!(room.run(["content", "add", "--database", "bare", "--init"]).done(), @"
    --- stderr
    database `bare` is created in `main`
    [exit 0]
    ");
    insta::assert_snapshot!(room.run(["content", "add", "--database", "bare", "--init"]).skipped(), @"
    --- stderr
    already exists
    [exit 2]
    ");
    insta::assert_snapshot!(room.run(["content", "add", "--database", "b2", "--init", "nowhere.sql"]).failed(), @"
    --- stderr
    error: reading nowhere.sql: No such file or directory (os error 2)
    [exit 1]
    ");
    insta::assert_snapshot!(room.run(["content", "list", "--filter", "b*"]).done().hiding("\\d{7,} bytes", "[size]"), @"
    NAME  TYPE      INSTANCE  DETAIL
    bare  database  main      owner vrooli, [size], UTF8
    [exit 0]
    ");
}

#[test]
fn a_schema_is_applied_once_to_each_database_and_again_after_it_was_removed() {
    let room = Room::up();
    room.run(["content", "execute", "CREATE DATABASE other"]).done();
    let file = room.file("s.sql", "CREATE TABLE here ();");
    let add = ["content", "add", "--file", &file];
    let add_to_other = ["content", "add", "--file", &file, "--database", "other"];
    room.run(add).done();
    room.run(add_to_other).done();
    room.run(add).skipped();
    room.run(add_to_other).skipped();
    room.run(["content", "execute", "--database", "other", "DROP TABLE here"]).done();
    room.run(["content", "remove", "--name", "s.sql", "--force"]).done();
    room.run(add_to_other).done();
    room.run(["content", "execute", "--database", "other", "TABLE here"]).done();
    room.run(["content", "get", "--name", "s.sql"]).done();
    // The table that the first one made is still there.
    room.run(add).failed();
}

#[test]
fn content_goes_to_the_instance_and_database_that_are_named() {
    let room = Room::up();
    room.run(["content", "create-instance", "shop"]).done();
    room.run(["content", "execute", "--instance", "shop", "CREATE DATABASE other"]).done();
    let file = room.file("s.sql", "CREATE TABLE here ();");
    room.run(["content", "add", "--file", &file, "--instance", "shop", "--database", "other"]).done();
    assert!(room.instance("shop").join("content/schema/s.sql").is_file());
    let sql = "SELECT to_regclass('here') IS NOT NULL";
    room.run(["content", "execute", "--instance", "shop", "--database", "other", sql]).done();
    assert_eq!(room.value("shop", sql), "f");
    room.run(["content", "get", "--name", "s.sql"]).skipped();
}

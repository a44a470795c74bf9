//! `content add` of folders.

use std::fs;

use crate::support::Room;

#[test]
fn a_folders_sql_files_are_applied_in_order_and_stored_one_by_one() {
    let room = Room::up();
    fs::create_dir(room.path().join("schema")).unwrap();
    room.file("schema/10_rows.sql", "INSERT INTO orders VALUES (1);");
    room.file("schema/02_table.sql", "CREATE TABLE orders (id int);");
    room.file("schema/readme.md", "Not SQL.");
    for (number, form) in [&["--file", "schema"][..], &["schema"], &["schema", "schema"]].iter().enumerate() {
        let database = format!("db{number}");
        let into = ["--database", &database, "--init"];
        room.run(["content", "add"].iter().chain(*form).chain(&into)).done();
    }
    insta::assert_snapshot!(room.run(["content", "add", "schema"]).done(), @"
    --- stderr
    schema `02_table.sql` is applied and stored with `main`
    schema `10_rows.sql` is applied and stored with `main`
    [exit 0]
    ");
    insta::assert_snapshot!(room.run(["content", "add", "schema"]).skipped(), @"
    --- stderr
    already exists
    [exit 2]
    ");
    room.file("schema/03_more.sql", "CREATE TABLE more ();");
    insta::assert_snapshot!(room.run(["content", "add", "schema"]).done(), @"
    --- stderr
    schema `03_more.sql` is applied and stored with `main`
    [exit 0]
    ");
    assert_eq!(room.value("main", "SELECT count(*) FROM orders"), "1");
}

#[test]
fn a_folder_of_which_one_file_fails_keeps_those_before_it() {
    let room = Room::up();
    fs::create_dir(room.path().join("d")).unwrap();
    room.file("d/1.sql", "CREATE TABLE one ();");
    room.file("d/2.sql", "CREATE TABEL two ();");
    room.file("d/3.sql", "CREATE TABLE three ();");
    insta::assert_snapshot!(room.run(["content", "add", "d"]).failed(), @r#"
    --- stderr
    schema `1.sql` is applied and stored with `main`
    `2.sql` is not added: it is file 2 of 3
    d/2.sql:1: ERROR:  42601: syntax error at or near "TABEL"
    LINE 1: CREATE TABEL two ();
                   ^
    [exit 1]
    "#);
    insta::assert_snapshot!(room.run(["content", "list", "--filter", "?.sql"]).done(), @"
    NAME   TYPE    INSTANCE  DETAIL
    1.sql  schema  main      revision 1, 20 bytes, sha256 7a320e02f526, applied
    [exit 0]
    ");
    room.file("d/2.sql", "CREATE TABLE two ();");
    insta::assert_snapshot!(room.run(["content", "add", "d"]).done(), @"
    --- stderr
    schema `2.sql` is applied and stored with `main`
    schema `3.sql` is applied and stored with `main`
    [exit 0]
    ");
}

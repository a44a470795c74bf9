//! What files say, and what of them is refused before anything is run.

use std::fs;

use super::{files, migrate, schema};
use crate::support::Room;

#[test]
fn every_form_of_files_leads_there_and_back_and_there_again() {
    let room = Room::up();
    let forms: [(&str, &[(&str, &str)]); 5] = [
        ("upstream", &[("001_a.sql", "CREATE TABLE a1 ();"), ("rollback_001_a.sql", "DROP TABLE a1;")]),
        (
            "sqlx",
            &[
                ("20260101000000_a.up.sql", "CREATE TABLE a2 ();"),
                ("20260101000000_a.down.sql", "DROP TABLE a2;"),
            ],
        ),
        (
            "dbmate",
            &[(
                "20260101000000_a.sql",
                "-- migrate:up\nCREATE TABLE a3 ();\n-- migrate:down\nDROP TABLE a3;\n",
            )],
        ),
        ("header", &[("1.a.sql", "CREATE TABLE a4 ();\n-- ROLLBACK:\n-- DROP TABLE a4;\n")]),
        ("dots", &[("1.a.up.sql", "CREATE TABLE a5 ();"), ("1.a.down.sql", "DROP TABLE a5;")]),
    ];
    migrate(&room, "init").done();
    for (form, all) in forms {
        files(&room, form, all);
    }
    let all = |way: &str| {
        for (form, _) in forms {
            migrate(&room, &format!("{way} --dir {form} --scope {form}")).done();
        }
        schema(&room, "vrooli")
    };
    let empty = schema(&room, "vrooli");
    let full = all("up");
    let tables = |schema: &str| schema.matches("CREATE TABLE public.a").count();
    assert_eq!((tables(&empty), tables(&full)), (0, 5));
    assert_eq!(all("down"), empty);
    assert_eq!(all("up"), full);
}

#[test]
fn a_folder_that_could_be_meant_in_several_ways_is_refused_with_the_names() {
    let room = Room::up();
    let mut said = String::new();
    let refused: [&[(&str, &str)]; 9] = [
        &[],
        &[("001_a.sql", "SELECT 1;"), ("1_b.sql", "SELECT 1;")],
        &[("001_a.sql", "SELECT 1;"), ("20260101000000_b.sql", "SELECT 1;")],
        &[("001_a.sql", "SELECT 1;"), ("002_b.up.sql", "SELECT 1;")],
        &[("001_a.sql", "SELECT 1;"), ("users.sql", "SELECT 1;"), ("roles.sql", "SELECT 1;")],
        &[("001_a.down.sql", "SELECT 1;")],
        &[("001_a.sql", "SELECT 1;\n-- ROLLBACK: SELECT 2;\n"), ("rollback_001_a.sql", "SELECT 1;")],
        &[("001_a.sql", "SELECT 1;\nCOMMIT;\nSELECT 2;\n")],
        &[("001_a.sql", "SELECT 1;\n\\c other\n")],
    ];
    for all in refused {
        let dir = room.path().join("migrations");
        let _ = fs::remove_dir_all(&dir);
        files(&room, "migrations", all);
        said += &format!("{}\n", migrate(&room, "up").failed());
    }
    fs::write(room.path().join("migrations/001_a.sql"), b"SELECT 1;\nSELECT '\xff';\n").unwrap();
    said += &format!("{}\n", migrate(&room, "up").failed());
    said += &format!("{}\n", migrate(&room, "up --dir nowhere").failed());
    said += &format!("{}\n", migrate(&room, "up --scope a/b").failed());
    insta::assert_snapshot!(said);
    assert_eq!(room.value("main", "SELECT to_regclass('schema_migrations') IS NULL"), "t");
}

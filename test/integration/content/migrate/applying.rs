//! Applying: each script as if it were psql's, and with its record or not at all.

use super::{dump, files, migrate, recorded, schema};
use crate::support::Room;

#[test]
fn what_is_applied_is_what_plain_psql_makes_of_the_same_files() {
    let room = Room::up();
    let texts = [
        (
            "001_a.sql",
            "BEGIN;\nCREATE SCHEMA app;\nCREATE TABLE app.t (a int, b text DEFAULT 'x;y');\nCOMMIT;\n",
        ),
        (
            "002_b.sql",
            "SET search_path = app;\n\\set name f\nCREATE FUNCTION :name() RETURNS int LANGUAGE sql AS $$ SELECT 1; $$;\n",
        ),
        ("003_c.sql", "COPY app.t (a) FROM stdin;\n1\n2\n\\.\nCREATE VIEW v AS SELECT * FROM app.t;\n"),
        (
            "004_d.sql",
            "-- migrate:no-transaction\nCREATE INDEX CONCURRENTLY i ON app.t (a);\nCREATE TYPE e AS ENUM ('a');\n\
                       ALTER TYPE e ADD VALUE 'b';\nVACUUM app.t;\n",
        ),
        ("005_e.sql", "CREATE TEMP TABLE t (z int);\nINSERT INTO t VALUES (1);\nSET ROLE pg_monitor;\n"),
        (
            "006_f.sql",
            "CREATE TABLE t AS SELECT current_user AS who;\nDO $$ BEGIN ALTER TABLE t ADD c int; END $$;\n",
        ),
    ];
    files(&room, "migrations", &texts);
    migrate(&room, "up").done();
    room.run(["content", "create-database", "other"]).done();
    // Ours has the tables that record migrations.
    migrate(&room, "init --database other").done();
    for (name, _) in texts {
        let Some(mut psql) = room.psql("main") else { return };
        psql.env("PGDATABASE", "other").args(["-v", "ON_ERROR_STOP=1", "-q", "-f"]);
        assert!(psql.arg(format!("migrations/{name}")).status().unwrap().success(), "{name}");
    }
    assert_eq!(schema(&room, "vrooli"), schema(&room, "other"));
    assert_eq!(room.value("main", "SELECT count(*) FROM app.t"), "2");
}

#[test]
fn a_failing_script_leaves_nothing_of_itself_and_what_came_before_it() {
    let room = Room::up();
    let good: Vec<(String, String)> =
        (1..=40).map(|it| (format!("{it:03}_t.sql"), format!("CREATE TABLE t{it} (a int);\n"))).collect();
    let all: Vec<(&str, &str)> = good.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    files(&room, "migrations", &all);
    files(&room, "migrations", &[("037_t.sql", "CREATE TABLE half (a int);\nSELECT 1,\n  FROM half;\n")]);
    let answer = migrate(&room, "up").failed();
    let shown = answer.to_string();
    let end: Vec<&str> = shown.lines().skip(36).collect();
    insta::assert_snapshot!(end.join("\n"), @r#"
    applied 036_t.sql in N ms
    36 migrations before it stay applied
    migrations/037_t.sql:3: ERROR:  42601: syntax error at or near "FROM"
    LINE 2:   FROM half;
              ^
    [exit 1]
    "#);
    assert_eq!(recorded(&room).split(' ').count(), 36);
    assert_eq!(room.value("main", "SELECT to_regclass('half') IS NULL"), "t");
    let failed = "SELECT version || ': ' || split_part(error_message, E'\\n', 1) FROM migration_history WHERE NOT success";
    assert_eq!(
        room.value("main", failed),
        "037: migrations/037_t.sql:3: ERROR:  42601: syntax error at or near \"FROM\""
    );
    files(&room, "migrations", &[("037_t.sql", "CREATE TABLE half (a int);\n")]);
    migrate(&room, "up").done();
    assert_eq!(recorded(&room).split(' ').count(), 40);
}

#[test]
fn a_failing_way_back_leaves_things_as_they_were() {
    let room = Room::up();
    files(
        &room,
        "migrations",
        &[
            ("1_a.up.sql", "CREATE TABLE a (x int);"),
            ("1_a.down.sql", "DROP TABLE a;"),
            ("2_b.up.sql", "CREATE TABLE b (y int);"),
            ("2_b.down.sql", "DROP TABLE b;\nDROP TABLE nowhere;\n"),
        ],
    );
    migrate(&room, "up").done();
    let before = (schema(&room, "vrooli"), room.value("main", "SELECT count(*) FROM schema_migrations"));
    insta::assert_snapshot!(migrate(&room, "down --to 0").failed(), @r#"
    --- stderr
    migrations/2_b.down.sql:2: ERROR:  42P01: table "nowhere" does not exist
    [exit 1]
    "#);
    assert_eq!(
        (schema(&room, "vrooli"), room.value("main", "SELECT count(*) FROM schema_migrations")),
        before
    );
}

#[test]
fn a_migration_without_a_way_back_is_not_taken_back() {
    let room = Room::up();
    files(&room, "migrations", &[("1_a.sql", "CREATE TABLE a (x int);")]);
    migrate(&room, "up").done();
    insta::assert_snapshot!(migrate(&room, "down").failed(), @"
    --- stderr
    error: the migrations in migrations: version 1 has no way back
    hint: write it into the file below `-- migrate:down`, or beside it as `rollback_` and its name
    [exit 1]
    ");
}

#[test]
fn the_way_back_is_recorded_and_needs_no_file() {
    let room = Room::up();
    files(&room, "migrations", &[("1_a.sql", "CREATE TABLE a (x int);\n-- ROLLBACK: DROP TABLE a;\n")]);
    migrate(&room, "up").done();
    std::fs::remove_dir_all(room.path().join("migrations")).unwrap();
    migrate(&room, "down").done();
    assert_eq!(room.value("main", "SELECT to_regclass('a') IS NULL"), "t");
}

#[test]
fn what_does_not_verify_is_not_applied() {
    let room = Room::up();
    files(
        &room,
        "migrations",
        &[
            ("1_a.sql", "CREATE TABLE a (x int);\nINSERT INTO a VALUES (1);"),
            ("1_a.verify.sql", "DELETE FROM a;\nSELECT 1 / (1 - count(*)) FROM a;"),
            ("2_b.sql", "CREATE TABLE b (x int);"),
            ("2_b.verify.sql", "SELECT 1 / count(*) FROM b;"),
        ],
    );
    insta::assert_snapshot!(migrate(&room, "up").failed(), @"
    --- stderr
    applied 1_a.sql in N ms
    1 migration before it stay applied
    migrations/2_b.verify.sql:1: ERROR:  22012: division by zero
    [exit 1]
    ");
    assert_eq!(room.value("main", "SELECT count(*) FROM a"), "1");
    assert_eq!(room.value("main", "SELECT to_regclass('b') IS NULL"), "t");
    insta::assert_snapshot!(migrate(&room, "verify").done(), @"
    VERSION  DESCRIPTION  RESULT
    1        a            passed
    [exit 0]
    ");
    room.run(["content", "execute", "ALTER TABLE a RENAME TO gone"]).done();
    insta::assert_snapshot!(migrate(&room, "verify").ended(1), @r#"
    VERSION  DESCRIPTION  RESULT
    1        a            failed: migrations/1_a.verify.sql:1: ERROR:  42P01: relation "a" does not exist
    [exit 1]
    "#);
}

#[test]
fn folders_with_scopes_of_their_own_share_a_database() {
    let room = Room::up();
    files(&room, "shop", &[("1_a.sql", "CREATE TABLE shop_a (x int);\n-- ROLLBACK: DROP TABLE shop_a;")]);
    files(&room, "blog", &[("1_a.sql", "CREATE TABLE blog_a (x int);\n-- ROLLBACK: DROP TABLE blog_a;")]);
    migrate(&room, "up --dir shop --scope shop").done();
    migrate(&room, "up --dir blog --scope blog").done();
    migrate(&room, "down --dir shop --scope shop").done();
    let rows = "SELECT string_agg(scope || ' ' || version, ',') FROM schema_migrations";
    assert_eq!(room.value("main", rows), "blog 1");
    assert_eq!(room.value("main", "SELECT to_regclass('blog_a') IS NOT NULL"), "t");
}

#[test]
fn a_constraint_that_is_checked_at_the_end_fails_its_migration_as_a_whole() {
    let room = Room::up();
    let text = "CREATE TABLE a (x int PRIMARY KEY);\n\
                CREATE TABLE b (x int REFERENCES a DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO b VALUES (1);\n";
    files(&room, "migrations", &[("1_a.sql", text)]);
    insta::assert_snapshot!(migrate(&room, "up").failed(), @r#"
    --- stderr
    migrations/1_a.sql: ERROR:  23503: insert or update on table "b" violates foreign key constraint "b_x_fkey"
    DETAIL:  Key (x)=(1) is not present in table "a".
    [exit 1]
    "#);
    assert!(!dump(&room, "vrooli", "--schema").contains("CREATE TABLE public.a "));
    assert_eq!(room.value("main", "SELECT count(*) FROM schema_migrations"), "0");
}

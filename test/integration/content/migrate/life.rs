//! The whole way: there, back, there again, and what is shown of it.

use super::{files, migrate, schema};
use crate::support::Room;

const FILES: [(&str, &str); 3] = [
    (
        "001_create_users.sql",
        "-- Description: Users, by name\nCREATE TABLE users (id serial PRIMARY KEY, name text NOT NULL);\n\
         -- ROLLBACK: DROP TABLE users;\n",
    ),
    (
        "002_add_mail.sql",
        "-- migrate:up\nALTER TABLE users ADD COLUMN mail text;\n\n-- migrate:down\nALTER TABLE users DROP COLUMN mail;\n",
    ),
    (
        "003_index_mail.sql",
        "-- migrate:no-transaction\n-- migrate:up\nCREATE INDEX CONCURRENTLY users_mail ON users (mail);\n\
         -- migrate:down\nDROP INDEX CONCURRENTLY users_mail;\n",
    ),
];

#[test]
fn there_and_back_and_there_again_leads_to_the_same_schema() {
    let room = Room::up();
    files(&room, "migrations", &FILES);
    migrate(&room, "init").done();
    let empty = schema(&room, "vrooli");
    insta::assert_snapshot!(migrate(&room, "").done(), @"
    --- stderr
    applied 001_create_users.sql in N ms
    applied 002_add_mail.sql in N ms
    applied 003_index_mail.sql in N ms
    3 migrations applied to database `vrooli`
    [exit 0]
    ");
    let full = schema(&room, "vrooli");
    insta::assert_snapshot!(migrate(&room, "up").done(), @"
    --- stderr
    nothing is pending: 3 migrations applied
    [exit 0]
    ");
    insta::assert_snapshot!(migrate(&room, "down --to 0").done(), @"
    --- stderr
    took back 003_index_mail.sql in N ms
    took back 002_add_mail.sql in N ms
    took back 001_create_users.sql in N ms
    3 migrations taken back from database `vrooli`
    [exit 0]
    ");
    assert_eq!(schema(&room, "vrooli"), empty);
    migrate(&room, "up --to 2").done();
    migrate(&room, "up").done();
    assert_eq!(schema(&room, "vrooli"), full);
    insta::assert_snapshot!(migrate(&room, "redo").done(), @"
    --- stderr
    took back 003_index_mail.sql in N ms
    applied 003_index_mail.sql in N ms
    [exit 0]
    ");
    assert_eq!(schema(&room, "vrooli"), full);
    let history =
        "SELECT string_agg(action || ' ' || version, ', ' ORDER BY id) FROM migration_history WHERE id > 6";
    assert_eq!(room.value("main", history), "apply 001, apply 002, apply 003, rollback 003, apply 003");
}

#[test]
fn the_status_shows_what_is_applied_and_what_is_pending() {
    let room = Room::up();
    files(&room, "migrations", &FILES);
    migrate(&room, "up --to 1").done();
    insta::assert_snapshot!(migrate(&room, "status").done().hiding(r"applied +\S+ +\d+", "applied  [at]  N"), @"
    VERSION  DESCRIPTION     STATE    APPLIED AT            MS
    001      Users, by name  applied  [at]  N
    002      add mail        pending
    003      index mail      pending
    3 migrations of database `vrooli`: 1 applied, 2 pending
    [exit 0]
    ");
    migrate(&room, "status --exit-code").ended(1);
    migrate(&room, "up").done();
    migrate(&room, "status --exit-code").done();
    let report = migrate(&room, "status --format json").done().json();
    assert_eq!(report["applied"], 3);
    assert_eq!(report["migrations"][1]["applied_by"], "vrooli");
    assert_eq!(report["migrations"][1]["reversible"], true);
    assert_eq!(
        report["migrations"][1]["applied_at"].as_str().map(str::len),
        Some("2026-11-28T05:57:11Z".len())
    );
    assert_eq!(migrate(&room, "status --format yaml").done().stderr, "");
}

#[test]
fn the_flat_forms_of_upstream_do_the_same() {
    let room = Room::up();
    files(&room, "sql", &FILES);
    let run = |words: &str| room.run(words.split_whitespace()).hiding(r"(?m) in \d+ ms$", " in N ms");
    run("migrate-init --instance main").done();
    insta::assert_snapshot!(run("migrate-list --migrations-dir sql").done(), @"
    VERSION  DESCRIPTION     FILE                  WAY BACK
    001      Users, by name  001_create_users.sql  yes
    002      add mail        002_add_mail.sql      yes
    003      index mail      003_index_mail.sql    yes
    [exit 0]
    ");
    run("migrate --instance main --migrations-dir sql").done();
    assert!(run("migrate-status --migrations-dir sql").done().stdout.contains("3 applied, 0 pending"));
    insta::assert_snapshot!(run("migrate-rollback --migrations-dir sql --migration 002_add_mail").failed(), @"
    --- stderr
    error: the migrations in sql: 1 later than 2 are applied, which may need it
    hint: `content migrate down --to V` takes them back too; `--out-of-order allow` does it all the same
    [exit 1]
    ");
    insta::assert_snapshot!(run("migrate-rollback --migrations-dir sql --migration 003").done(), @"
    --- stderr
    took back 003_index_mail.sql in N ms
    1 migration taken back from database `vrooli`
    [exit 0]
    ");
    room.file("seeds.sql", "INSERT INTO users (name) VALUES ('Ada');");
    run("seed --instance main --seed-path seeds.sql").done();
    run("seed --instance main --seed-path seeds.sql").done();
    assert_eq!(room.value("main", "SELECT count(*) FROM users"), "1");
}

#[test]
fn an_instance_is_created_with_its_migrations_and_seeds_by_one_command() {
    let room = Room::new();
    files(&room, "migrations", &FILES);
    files(&room, "seeds", &[("1.sql", "INSERT INTO users (name) VALUES ('Ada');")]);
    let create = || {
        room.run(
            "content create-instance shop --template minimal --migrations migrations --seeds seeds"
                .split(' '),
        )
    };
    create().done();
    assert_eq!(room.value("shop", "SELECT name FROM users"), "Ada");
    create().done();
    assert_eq!(room.value("shop", "SELECT count(*) FROM users"), "1");
    let missing = room.run("content create-instance other --migrations nowhere".split(' ')).failed();
    assert!(missing.stderr.starts_with("error: reading the migrations in nowhere"), "{missing}");
    assert!(!room.instance("other").exists());
}

#[test]
fn a_new_migration_gets_the_next_version_in_the_form_of_the_others() {
    let room = Room::new();
    assert_eq!(migrate(&room, "new create_users").done().stdout, "migrations/001_create_users.sql\n");
    assert_eq!(migrate(&room, "new add-mail").done().stdout, "migrations/002_add_mail.sql\n");
    files(&room, "pairs", &[("0009_a.up.sql", ""), ("0009_a.down.sql", "")]);
    assert_eq!(
        migrate(&room, "new b --dir pairs").done().stdout,
        "pairs/0010_b.up.sql\npairs/0010_b.down.sql\n"
    );
    files(&room, "timed", &[("20260101000000_a.sql", "")]);
    let timed = migrate(&room, "new b --dir timed").done().stdout;
    assert!(timed.starts_with("timed/20") && timed.len() == "timed/20260101000000_b.sql\n".len(), "{timed}");
    insta::assert_snapshot!(migrate(&room, "new ../b").failed(), @"
    --- stderr
    error: `../b` is no name: it has 1 to 100 letters, digits and `_`
    hint: see `resource-postgres help`
    [exit 1]
    ");
}

//! Backups that upstream's program has made: `pg_dump`'s SQL, and a few words about it.

use std::fs;
use std::process::Command;

use resource_postgres::runtime::Kind;

use super::passing_databases;
use crate::support::{Room, eventually, kill};

/// What makes a script hard to read: data with colons and backslashes, a body with both, quotes in names.
const SHOP: &str = r#"CREATE TABLE kept (id serial PRIMARY KEY, said text); INSERT INTO kept (said) SELECT E':row \\\n;' || i FROM generate_series(1, 500) i;
    CREATE FUNCTION odd() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN ':x \connect ;'; END $$;
    CREATE TABLE "odd '"" name" (row text); INSERT INTO "odd '"" name" VALUES (NULL), (''), ('\connect postgres');
    CREATE VIEW seen AS SELECT odd(), count(*), md5(string_agg(said, '' ORDER BY id)) FROM kept; SELECT lo_from_bytea(0, 'large') IS NOT NULL;
    ALTER DATABASE vrooli SET work_mem = '5MB'"#;
/// What there is of it that a restore must bring back.
const ALL: &str = r#"SELECT concat_ws(' ', odd, count, md5, (SELECT count(*) FROM "odd '"" name"), (SELECT count(*) FROM pg_largeobject_metadata),
    current_setting('work_mem')) FROM seen"#;

/// A room with `main` up, and something in its database.
fn shop() -> Room {
    let mut room = Room::on(Kind::Native);
    let backups = room.path().join("backups").display().to_string();
    room.set("POSTGRES_BACKUP_DIR", &backups);
    room.run(["up"]).done();
    room.run(["content", "execute", SHOP]).done();
    room
}

/// What a program of PostgreSQL's writes about `main`.
fn written(room: &Room, program: &str, args: &[&str]) -> String {
    let psql = room.psql("main").unwrap();
    let mut dump = Command::new(room.programs().join(program));
    dump.args(args).env_clear().envs(psql.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = dump.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// A backup as upstream's program leaves it.
fn upstreams(room: &Room, name: &str, kind: &str, status: &str, sql: &str) {
    let dir = room.backups("main").join(name);
    fs::create_dir_all(&dir).unwrap();
    let known = format!(
        "{{\n    \"instance\": \"main\",\n    \"backup_name\": \"{name}\",\n    \"type\": \"{kind}\",\n    \"status\": \"{status}\",\n    \
         \"completed\": \"2025-08-01T12:00:01+00:00\",\n    \"created\": \"2025-08-01T12:00:00+00:00\",\n    \
         \"postgres_version\": \"postgres:14-alpine\",\n    \"instance_config\": {{\n        \"port\": \"5433\",\n        \
         \"template\": \"development\"\n    }}\n}}\n"
    );
    fs::write(dir.join("metadata.json"), known).unwrap();
    fs::write(dir.join(format!("{kind}.sql")), sql).unwrap();
}

/// `pg_dump` as upstream's program runs it.
fn dumped(room: &Room, more: &[&str]) -> String {
    let args = ["--dbname=vrooli", "--verbose", "--no-owner", "--no-privileges"];
    written(room, "pg_dump", &[&args, more].concat())
}

fn all(room: &Room, instance: &str, database: &str) -> String {
    let args = ["content", "execute", "--instance", instance, "--database", database, "--tuples-only", ALL];
    room.run(args).done().stdout.trim().to_owned()
}

#[test]
fn a_backup_of_upstreams_comes_back_where_the_user_wants_it() {
    let room = shop();
    let before = all(&room, "main", "vrooli");
    upstreams(&room, "full", "full", "success", &dumped(&room, &[]));
    upstreams(&room, "schema", "schema", "success", &dumped(&room, &["--schema-only"]));
    upstreams(&room, "data", "data", "success", &dumped(&room, &["--data-only"]));
    insta::assert_snapshot!(room.run(["content", "verify-backup", "--all"]).ended(1), @r"
    data: failed: backup `data` does not fit: it has rows only, and no definitions
    full: passed: it can be restored; it does not say what it was made of, so that nothing was compared
    schema: passed: it can be restored; it does not say what it was made of, so that nothing was compared
    [exit 1]
    ");
    let listed = room.run(["content", "list-backups", "--format", "json"]).done().json();
    let passed = |at: usize| listed["backups"][at]["verified"]["passed"].as_bool();
    assert_eq!([passed(0), passed(1), passed(2)], [None, Some(true), Some(true)], "{listed}");
    room.run(["content", "execute", "DELETE FROM kept; DROP FUNCTION odd CASCADE"]).done();
    insta::assert_snapshot!(room.run(["content", "restore", "full"]).failed(), @r"
    --- stderr
    error: replacing database `vrooli` of `main` and ending the sessions in them needs to be confirmed
    hint: `--yes` does it without asking
    [exit 1]
    ");
    insta::assert_snapshot!(room.run(["content", "restore", "full", "--yes"]).done(), @r"
    --- stderr
    `main` has vrooli again as in `full`
    [exit 0]
    ");
    assert_eq!(all(&room, "main", "vrooli"), before);
    room.run(["content", "restore", "full", "--into", "copy"]).done();
    assert_eq!(all(&room, "copy", "vrooli").replace("8MB", "5MB"), before, "settings are in no such backup");
    room.run(["content", "restore", "schema", "--database", "other", "--yes"]).done();
    let rows = ["content", "execute", "--database", "other", "--tuples-only", "SELECT count(*) FROM kept"];
    assert_eq!(room.run(rows).done().stdout.trim(), "0");
}

#[test]
fn what_cannot_be_restored_of_upstreams_is_said_and_leaves_everything_as_it_was() {
    let room = shop();
    let before = all(&room, "main", "vrooli");
    let (full, whole) = (dumped(&room, &[]), written(&room, "pg_dumpall", &[]));
    upstreams(
        &room,
        "failing",
        "full",
        "success",
        &full.replace("CREATE VIEW", "SELECT 1 / 0;\nCREATE VIEW"),
    );
    upstreams(&room, "cut", "full", "success", &full[..full.len() / 2]);
    upstreams(&room, "empty", "full", "success", "");
    fs::remove_file(room.backups("main").join("empty/full.sql")).unwrap();
    upstreams(&room, "failed", "full", "failed", &full);
    upstreams(&room, "rows", "data", "success", &dumped(&room, &["--data-only"]));
    upstreams(&room, "cluster", "full", "success", &whole);
    upstreams(&room, "shell", "full", "success", &full.replace("CREATE VIEW", "\\! touch here\nCREATE VIEW"));
    let mut said = String::new();
    for name in ["failing", "cut", "empty", "failed", "rows", "cluster", "shell"] {
        let told = |place: &[&str]| {
            let refused = room.run([&["content", "restore", name], place].concat()).failed();
            let refused = refused.hiding(r"(\.sql:|line )\d+", "${1}[line]").to_string();
            refused.replace("--- stderr\n", "").replace("[exit 1]", "")
        };
        let (beside, new) = (told(&["--yes"]), told(&["--into", "copy"]));
        assert_eq!(beside, new, "{name}");
        said += &format!("{name}: {new}");
    }
    insta::assert_snapshot!(said, @r"
    failing: error: restoring backup `failing`: full.sql:[line]: ERROR:  22012: division by zero
    hint: everything is as it was
    cut: error: backup `cut` in [room]/backups/main/cut cannot be used: the end of full.sql is missing
    hint: nothing was touched; `content list-backups` shows those that were proved
    empty: error: backup `empty` in [room]/backups/main/empty cannot be used: full.sql is missing
    hint: nothing was touched; `content list-backups` shows those that were proved
    failed: error: backup `failed` in [room]/backups/main/failed cannot be used: its status is `failed`
    hint: nothing was touched; `content list-backups` shows those that were proved
    rows: error: backup `rows` does not fit: it has rows only, and no definitions
    hint: restore a backup of type full or schema
    cluster: error: backup `cluster` does not fit: full.sql does more than fill one database: `\connect` in line [line]
    hint: `resource-postgres content execute --database NAME --file FILE` runs a part of it
    shell: error: backup `shell` does not fit: full.sql does more than fill one database: `\!` in line [line]
    hint: `resource-postgres content execute --database NAME --file FILE` runs a part of it
    ");
    upstreams(
        &room,
        "slow",
        "full",
        "success",
        &full.replace("CREATE VIEW", "SELECT pg_sleep(60);\nCREATE VIEW"),
    );
    let slow = room.spawn(["content", "restore", "slow", "--yes"]);
    let asleep = "SELECT count(*) FROM pg_stat_activity WHERE query ~ '^SELECT pg_sleep'";
    eventually("it is at it", || room.value("main", asleep) == "1");
    kill(i32::try_from(slow.id()).unwrap(), "INT");
    let interrupted = room.wait(slow).failed();
    assert_eq!(interrupted.stderr, "error: `content restore` was ended by SIGINT: nothing of it is left\n");
    assert_eq!(room.value("main", asleep), "0");
    assert_eq!(all(&room, "main", "vrooli"), before);
    assert_eq!(passing_databases(&room, "main"), "0");
    assert!(!room.instance("copy").exists());
    assert_eq!(room.run(["content", "verify-backup", "failing"]).ended(1).stdout.lines().count(), 1);
}

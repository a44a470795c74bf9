//! `content clone`.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Child;

use crate::faults::{complaint, files_below};
use crate::support::{Room, eventually, tried};

/// Every point of a clone at which a debug build can be told to kill itself.
pub const STEPS: [&str; 9] =
    ["recorded", "begun", "filled", "copied", "configured", "spawned", "booted", "secured", "finished"];

const CLONE: [&str; 4] = ["content", "clone", "main", "copy"];
const IDENTIFIER: &str = "SELECT system_identifier FROM pg_control_system()";

/// A script that goes on until it is killed.
fn writing(room: &Room, sql: &str) -> Child {
    room.spawn(["content", "execute", sql])
}

fn end(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_running_instance_becomes_two_that_go_their_own_ways() {
    let room = Room::up();
    // Not all programs and images that this is tried with have the same extensions.
    let tables = "CREATE TABLE t AS SELECT 1 AS a; CREATE UNLOGGED TABLE u AS SELECT 1 AS a; \
                  DO $$ BEGIN EXECUTE (SELECT format('CREATE EXTENSION %I', name) FROM pg_available_extensions \
                  WHERE name IN ('hstore', 'vector') ORDER BY name LIMIT 1); END $$";
    room.run(["content", "execute", tables]).done();
    room.run(["content", "create-user", "app", "--database", "vrooli"]).done();
    let schema = room.file("s.sql", "CREATE TABLE s ()");
    room.run(["content", "add", "schema", "--file", &schema]).done();
    let config = room.instance("main").join("config/postgresql.conf");
    fs::write(&config, fs::read_to_string(&config).unwrap() + "work_mem = '7MB'\n").unwrap();
    insta::assert_snapshot!(room.run(CLONE).done(), @"
    --- stderr
    `copy` is running on port 5434 as a copy of `main`, and has answered a query
    [exit 0]
    ");
    for key in ["port", "password"] {
        assert_ne!(room.recorded("main", key), room.recorded("copy", key));
    }
    for key in ["template", "user", "database", "engine", "version", "networks"] {
        assert_eq!(room.recorded("main", key), room.recorded("copy", key), "{key}");
    }
    assert_ne!(room.value("main", IDENTIFIER), room.value("copy", IDENTIFIER));
    assert_eq!(room.value("copy", "SHOW work_mem"), "7MB");
    let known = "SELECT count(*) FROM t, pg_extension, pg_roles WHERE extname IN ('hstore', 'vector') AND rolname = 'app'";
    assert_eq!(room.value("copy", known), "1");
    assert_eq!(
        room.value("copy", "SELECT count(*) FROM u"),
        "0",
        "an unlogged table is empty, as after a crash"
    );
    let listed = room.run(["content", "list", "--format", "json", "--filter", "s.sql"]).done().json();
    let states: Vec<_> = listed["content"].as_array().unwrap().iter().map(|it| &it["state"]).collect();
    assert_eq!(states, ["applied", "applied"], "its data has what was applied to the source's");
    let app = ["content", "get", "--instance", "copy", "--as-env", "--user", "app"];
    room.run(app).done();
    room.run(["content", "execute", "--instance", "copy", "INSERT INTO t VALUES (2)"]).done();
    room.run(["content", "execute", "--instance", "main", "INSERT INTO t VALUES (3), (4)"]).done();
    assert_eq!(room.value("main", "SELECT sum(a) FROM t"), "8");
    room.run(["content", "remove", "--name", "main", "--force"]).done();
    room.run(["manage", "restart", "--instance", "copy"]).done();
    assert_eq!(room.value("copy", "SELECT sum(a) FROM t"), "3");
}

#[test]
fn a_clone_is_as_its_source_was_at_one_moment_while_others_write() {
    let room = Room::up();
    let tables = "CREATE TABLE a AS SELECT i, 100 AS n FROM generate_series(0, 99) i; CREATE TABLE b AS TABLE a; \
                  CREATE INDEX ON a (i); CREATE INDEX ON b (i); CREATE TABLE done (n int)";
    room.run(["content", "execute", tables]).done();
    let moves = "DO $$ BEGIN FOR k IN 1..10000000 LOOP UPDATE a SET n = n - 1 WHERE i = k % 100; \
                 UPDATE b SET n = n + 1 WHERE i = k % 89; INSERT INTO done VALUES (k); COMMIT; END LOOP; END $$";
    let comes_and_goes = "DO $$ BEGIN FOR i IN 1..10000000 LOOP CREATE TABLE brief AS SELECT 1; COMMIT; \
                          DROP TABLE brief; COMMIT; END LOOP; END $$";
    let recycles =
        "DO $$ BEGIN FOR i IN 1..10000000 LOOP PERFORM pg_switch_wal(); CHECKPOINT; COMMIT; END LOOP; END $$";
    let writers = [moves, comes_and_goes, recycles].map(|it| writing(&room, it));
    let moved = || room.value("main", "SELECT count(*) FROM done").parse::<u64>().unwrap();
    eventually("they write", || moved() > 0);
    for name in ["one", "two"] {
        let before = moved();
        room.run(["content", "clone", "main", name]).done();
        assert!(moved() > before, "the source goes on");
        let sums = "SELECT (SELECT sum(n) FROM a) + (SELECT sum(n) FROM b)";
        assert_eq!(room.value(name, sums), "20000");
        let seen: u64 = room.value(name, "SELECT count(*) FROM done").parse().unwrap();
        assert!(seen >= before, "what was committed before is in it");
        let steps = "SELECT (SELECT 10000 - sum(n) FROM a) = (SELECT count(*) FROM done)";
        assert_eq!(room.value(name, steps), "t");
    }
    writers.into_iter().for_each(end);
}

#[test]
fn a_stopped_instance_is_copied_as_it_is_and_stays_stopped() {
    let room = Room::up();
    room.run([
        "content",
        "execute",
        "CREATE TABLE t AS SELECT 1 AS a; CREATE UNLOGGED TABLE u AS SELECT 1 AS a",
    ])
    .done();
    room.run(["manage", "stop"]).done();
    room.run(["content", "clone", "main", "copy", "--port", &(room.port + 9).to_string()]).done();
    assert_eq!(room.state("main"), "stopped");
    assert_eq!(room.value("copy", "SELECT t.a + u.a FROM t, u"), "2");
    assert_eq!(room.recorded("copy", "port"), (room.port + 9).to_string());
    room.run(["start"]).done();
    assert_ne!(room.value("main", IDENTIFIER), room.value("copy", IDENTIFIER));
}

#[test]
fn what_cannot_be_cloned_is_told_and_nothing_is_changed() {
    let room = Room::up();
    room.run(["content", "create-instance", "other", "--template", "minimal"]).done();
    room.run(["content", "remove", "--name", "other", "--force"]).done();
    let before = names_in(&room);
    let mut said = String::new();
    let mut refuse = |args: &[&str]| said += &format!("{}\n", room.run(args).failed());
    refuse(&["content", "clone", "main", "main"]);
    refuse(&["content", "clone", "nobody", "copy"]);
    refuse(&["content", "clone", "main", "a b"]);
    refuse(&["content", "clone", "main", "copy", "--port", "99"]);
    refuse(&["content", "clone", "main", "copy", "--port", &room.port.to_string()]);
    refuse(&["content", "clone", "main", "copy", "--force"]);
    let space = room.data("main").join("pg_tblspc/16999");
    std::os::unix::fs::symlink("/elsewhere", &space).unwrap();
    refuse(&["content", "clone", "main", "copy"]);
    fs::remove_file(space).unwrap();
    insta::assert_snapshot!(said);
    assert_eq!(names_in(&room), before);
    room.run(CLONE).done();
}

/// Instances, and what is not one but lies among them.
fn names_in(room: &Room) -> Vec<PathBuf> {
    let mut names: Vec<PathBuf> =
        fs::read_dir(room.instances()).unwrap().map(|it| it.unwrap().path()).collect();
    names.sort();
    names
}

#[test]
fn a_killed_clone_is_taken_for_nothing_and_made_anew_by_the_next() {
    let mut room = Room::up();
    room.run(["content", "execute", "CREATE TABLE kept AS SELECT 42 AS answer"]).done();
    for step in tried(&STEPS, &["filled", "spawned", "secured"]) {
        room.set("RESOURCE_POSTGRES_KILL_AT", step);
        assert_eq!(room.run(CLONE).code, None, "{step}");
        room.unset("RESOURCE_POSTGRES_KILL_AT");
        if ["recorded", "filled", "secured"].contains(&step) {
            assert_half(&room, step);
        }
        if step != "finished" {
            assert_eq!(room.run(["status", "copy"]).code, Some(1), "{step}");
            room.run(CLONE).done();
        }
        assert_eq!(room.value("copy", "SELECT answer FROM kept"), "42", "{step}");
        room.run(["status", "copy"]).done();
        room.run(["content", "remove", "--name", "copy", "--force"]).done();
    }
    let slots = "SELECT count(*) FROM pg_replication_slots";
    eventually("the source keeps no WAL for copies that are no more", || room.value("main", slots) == "0");
}

/// Nothing uses the beginning of a clone, and nothing makes another thing of it.
fn assert_half(room: &Room, step: &str) {
    let before = files_in_config(room);
    for command in [
        &["content", "execute", "--instance", "copy", "SELECT 1"][..],
        &["start", "--instance", "copy"],
        &["manage", "restart", "--instance", "copy"],
        &["content", "create-instance", "copy"],
        &["content", "clone", "copy", "third"],
    ] {
        let (error, hint) = complaint(room.run(command));
        assert_eq!(
            (error.as_str(), hint.as_str()),
            (
                "instance `copy` is a clone of `main` that was interrupted, or is still going on",
                "`resource-postgres content clone main copy` makes it anew, `content remove --name copy --force` removes it"
            ),
            "{step}: {command:?}"
        );
    }
    assert_eq!(files_in_config(room), before, "{step}");
}

fn files_in_config(room: &Room) -> BTreeMap<PathBuf, Vec<u8>> {
    files_below(&room.instance("copy").join("config"))
}

#[test]
fn a_removal_takes_away_what_a_killed_clone_left() {
    let mut room = Room::up();
    for step in ["filled", "booted"] {
        room.set("RESOURCE_POSTGRES_KILL_AT", step);
        assert_eq!(room.run(CLONE).code, None, "{step}");
        room.unset("RESOURCE_POSTGRES_KILL_AT");
        room.run(["content", "remove", "--name", "copy", "--force"]).done();
        assert!(!room.instance("copy").exists(), "{step}");
    }
}

#[test]
fn a_source_that_goes_away_takes_its_clone_with_it() {
    let mut room = Room::up();
    room.set("RESOURCE_POSTGRES_KILL_AT", "begun");
    assert_eq!(room.run(CLONE).code, None);
    room.unset("RESOURCE_POSTGRES_KILL_AT");
    room.run(["manage", "stop"]).done();
    room.run(CLONE).done();
    assert_eq!(room.state("main"), "stopped");
}

#[test]
fn a_clone_does_not_act_where_its_source_does() {
    let room = Room::up();
    let config = room.instance("main").join("config/postgresql.conf");
    let archiving = "archive_mode = on\narchive_command = 'false'\n";
    fs::write(&config, fs::read_to_string(&config).unwrap() + archiving).unwrap();
    room.run(["manage", "restart"]).done();
    insta::assert_snapshot!(room.run(CLONE).done(), @"
    --- stderr
    archive_mode is 'off' in `copy`, which must not act where `main` does
    `copy` is running on port 5434 as a copy of `main`, and has answered a query
    [exit 0]
    ");
    assert_eq!(room.value("main", "SHOW archive_mode"), "on");
    assert_eq!(room.value("copy", "SHOW archive_mode"), "off");
}

#[test]
fn a_database_is_copied_with_what_a_template_leaves_out() {
    let room = Room::up();
    room.run(["content", "create-database", "shop"]).done();
    room.run(["content", "create-user", "app", "--database", "shop"]).done();
    let own = "ALTER DATABASE shop SET work_mem = '7MB'; ALTER DATABASE shop SET search_path = \"$user\", \"a,b\", public; \
               ALTER ROLE app IN DATABASE shop SET app.motto = 'it''s'; ALTER DATABASE shop CONNECTION LIMIT 7; \
               REVOKE TEMPORARY ON DATABASE shop FROM PUBLIC; ALTER DATABASE shop OWNER TO app; \
               COMMENT ON DATABASE shop IS 'it''s a shop'";
    room.run(["content", "execute", own]).done();
    room.run(["content", "execute", "--database", "shop", "CREATE TABLE t AS SELECT 42 AS a"]).done();
    // What an interrupted copy of the same name left.
    let left = "SELECT format('CREATE DATABASE %I', '.cloning-' || md5('shop 2')) \\gexec";
    room.feed(["content", "execute"], left).done();
    let clone = ["content", "clone", "main", "shop 2", "--database", "shop"];
    insta::assert_snapshot!(room.run(clone).done(), @"
    --- stderr
    database `shop 2` is created in `main` as a copy of `shop`
    [exit 0]
    ");
    let same = "SELECT count(DISTINCT (datdba, datconnlimit, array(SELECT it::text FROM unnest(datacl) it ORDER BY 1), datallowconn, shobj_description(d.oid, 'pg_database'), \
                array(SELECT (setrole, setconfig)::text FROM pg_db_role_setting WHERE setdatabase = d.oid ORDER BY 1))) \
                || ' of ' || count(*) FROM pg_database d WHERE datname LIKE 'shop%' OR datname LIKE '.cloning%'";
    assert_eq!(room.value("main", same), "1 of 2");
    room.run(["content", "execute", "--database", "shop 2", "UPDATE t SET a = 1"]).done();
    let kept = room.run(["content", "execute", "--database", "shop", "SELECT a FROM t"]).done().stdout;
    assert!(kept.contains("42"), "{kept}");
    insta::assert_snapshot!(room.run(clone).failed(), @"
    --- stderr
    error: database `shop 2` exists already
    hint: choose another name, or drop it with `content remove-database`
    [exit 1]
    ");
    insta::assert_snapshot!(room.run(["content", "clone", "main", "new", "--database", "shup"]).failed(), @"
    --- stderr
    error: copying database `shup`: there is no such database
    hint: `resource-postgres content list` shows those that there are
    [exit 1]
    ");
}

#[test]
fn sessions_in_a_database_keep_it_from_being_copied_unless_they_may_be_ended() {
    let room = Room::up();
    room.run(["content", "create-database", "shop"]).done();
    let busy = room.spawn(["content", "execute", "--database", "shop", "SELECT pg_sleep(50)"]);
    let sessions =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = 'shop' AND query LIKE '%sleep(50)%'";
    eventually("somebody works in it", || room.value("main", sessions) == "1");
    let clone = ["content", "clone", "main", "new", "--database", "shop"];
    insta::assert_snapshot!(room.run(clone).failed().hiding(r"pid \d+", "pid [pid]"), @"
    --- stderr
    error: database `shop` cannot be copied while it is in use by resource-postgres as vrooli (pid [pid])
    hint: `--force` ends their sessions
    [exit 1]
    ");
    room.run(clone.into_iter().chain(["--force"])).done();
    assert!(room.wait(busy).failed().stderr.contains("57P01"));
    room.run(["content", "execute", "--database", "new", "SELECT 1"]).done();
}

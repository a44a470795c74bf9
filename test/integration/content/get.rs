//! `content get`.

use std::fs;

use crate::support::{Room, eventually, kill};

#[test]
fn get_prints_how_to_connect_to_an_instance() {
    let room = Room::up();
    insta::assert_snapshot!(room.run(["content", "get", "--name", "main"]).meets("content.get.exit_codes.0"), @"
    Instance: main
    Host: 127.0.0.1
    Port: 5433
    Database: vrooli
    User: vrooli
    Password: [password]
    Connection String: postgresql://vrooli:[password]@127.0.0.1:5433/vrooli
    [exit 0]
    ");
    let password = room.recorded("main", "password");
    let expected =
        format!("Connection String: postgresql://vrooli:{password}@127.0.0.1:{}/vrooli\n", room.port);
    assert!(room.run(["content", "get", "main"]).done().stdout.ends_with(&expected));
}

#[test]
fn get_prints_stored_content_as_it_was_added() {
    let room = Room::up();
    let file = room.file("q.sql", "SELECT 'no line break at the end'");
    room.run(["content", "add", "query", "--file", &file]).done();
    insta::assert_snapshot!(room.run(["content", "get", "--name", "q.sql"]).done(), @"SELECT 'no line break at the end'[exit 0]");
}

#[test]
fn get_of_what_is_not_there_is_skipped_and_writes_no_file() {
    let room = Room::up();
    let output = room.path().join("out").display().to_string();
    let answer = room.run(["content", "get", "--name", "nothing.sql", "--output", &output]);
    insta::assert_snapshot!(answer.meets("content.get.exit_codes.2"), @"
    --- stderr
    not found
    [exit 2]
    ");
    room.run(["content", "get", "--name", "../../etc/passwd"]).skipped();
    assert!(!fs::exists(output).unwrap());
}

#[test]
fn an_output_file_is_whole_or_as_it_was() {
    let room = Room::up();
    let output = room.file(
        "out",
        "older and longer than what replaces it, so that a rest would be seen".repeat(9).as_str(),
    );
    room.run(["content", "get", "--name", "main", "--output", &output]).done();
    assert_eq!(fs::read_to_string(&output).unwrap(), room.run(["content", "get", "main"]).done().stdout);

    let folder = room.path().join("folder");
    fs::create_dir(&folder).unwrap();
    let answer = room.run(["content", "get", "main", "--output", &folder.display().to_string()]);
    insta::assert_snapshot!(answer.meets("content.get.exit_codes.1").failed(), @"
    --- stderr
    error: writing [room]/folder: Is a directory (os error 21)
    hint: a file and a folder are in each other's place: move it away, or choose another folder
    [exit 1]
    ");
    let nowhere = room.path().join("nowhere/out").display().to_string();
    insta::assert_snapshot!(room.run(["content", "get", "main", "--output", &nowhere]).failed(), @"
    --- stderr
    error: writing [room]/nowhere/out: entity not found
    [exit 1]
    ");
    let left: Vec<_> = fs::read_dir(&folder).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_device_is_written_to_and_not_replaced() {
    let room = Room::up();
    let printed = room.run(["content", "get", "main"]).done().stdout;
    assert_eq!(room.run(["content", "get", "main", "--output", "/dev/stdout"]).done().stdout, printed);
    assert!(fs::symlink_metadata("/dev/stdout").unwrap().is_symlink());
}

#[test]
fn a_password_that_is_written_to_a_file_is_readable_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let room = Room::up();
    room.run(["content", "get", "main", "--output", "out"]).done();
    assert_eq!(fs::metadata(room.path().join("out")).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn every_revision_of_stored_content_can_be_had() {
    let room = Room::up();
    for number in 1..=3 {
        let file = room.file("q.sql", &format!("SELECT {number}"));
        room.run(["content", "add", "query", "--file", &file]).done();
    }
    let get = |revision: &str| room.run(["content", "get", "--name", "q.sql", "--revision", revision]);
    for number in ["1", "2", "3"] {
        assert_eq!(get(number).done().stdout, format!("SELECT {number}"));
    }
    insta::assert_snapshot!(get("4").meets("content.get.exit_codes.2"), @"
    --- stderr
    not found
    [exit 2]
    ");
    get("0").skipped();
    assert_eq!(room.run(["content", "get", "q.sql"]).done().stdout, "SELECT 3");
}

#[test]
fn a_name_that_two_types_have_is_refused_without_a_type() {
    let room = Room::up();
    let file = room.file("a.sql", "SELECT 1");
    for kind in ["query", "seed"] {
        room.run(["content", "add", kind, "--file", &file]).done();
    }
    insta::assert_snapshot!(room.run(["content", "get", "--name", "a.sql"]).failed(), @"
    --- stderr
    error: `a.sql` is stored under several types: seed, query
    hint: `--type TYPE` says which is meant
    [exit 1]
    ");
    room.run(["content", "execute", "--name", "a.sql"]).failed();
    room.run(["content", "get", "--name", "a.sql", "--type", "query"]).done();
    room.run(["content", "get", "--name", "a.sql", "--type", "data"]).skipped();
}

#[test]
fn an_instances_name_with_a_type_is_that_of_content() {
    let room = Room::up();
    room.run(["content", "add", "data", "--file", &room.file("f", "of data"), "--name", "main"]).done();
    assert_eq!(room.run(["content", "get", "main", "--type", "data"]).done().stdout, "of data");
    assert!(room.run(["content", "get", "main"]).done().stdout.starts_with("Instance: main"));
}

#[test]
fn get_of_a_database_is_its_definitions_and_with_data_its_rows() {
    let room = Room::up();
    room.run(["content", "create-database", "stock"]).done();
    let sql = "CREATE TABLE item (id int); INSERT INTO item VALUES (42)";
    room.run(["content", "execute", "--database", "stock", sql]).done();
    let schema = room.run(["content", "get", "--name", "stock"]).done().stdout;
    assert!(schema.contains("CREATE TABLE public.item") && !schema.contains("\n42\n"), "{schema}");
    room.run(["content", "create-database", "copy"]).done();
    room.run(["content", "get", "stock", "--data", "--output", "stock.sql"]).done();
    if let Some(mut psql) = room.psql("main") {
        psql.env("PGDATABASE", "copy").args(["-q", "-v", "ON_ERROR_STOP=1", "-f", "stock.sql"]);
        assert!(psql.status().unwrap().success());
        let copied = room.run(["query", "--database", "copy", "--format", "csv", "SELECT id FROM item"]);
        assert_eq!(copied.done().stdout, "42\n");
    }
}

#[test]
fn a_dump_that_fails_leaves_the_file_as_it_was_and_says_why() {
    let room = Room::up();
    room.run(["content", "create-database", "stock"]).done();
    // What a dump has to look at, and may not.
    let sql = "CREATE TABLE item (id int); UPDATE pg_class SET relfilenode = 9 WHERE relname = 'item'";
    room.run([
        "content",
        "execute",
        "--database",
        "stock",
        "SET allow_system_table_mods = on;".to_owned().as_str(),
    ])
    .done();
    room.run([
        "content",
        "execute",
        "--database",
        "stock",
        &format!("SET allow_system_table_mods = on; {sql}"),
    ])
    .done();
    let output = room.file("out", "older");
    let answer = room.run(["content", "get", "stock", "--data", "--output", &output]).failed();
    assert!(answer.stderr.starts_with("error: pg_dump of database `stock`: "), "{answer}");
    assert_eq!(fs::read_to_string(&output).unwrap(), "older");
    let left: Vec<_> = fs::read_dir(room.path()).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert!(!left.iter().any(|it| it.to_string_lossy().starts_with(".new-")), "{left:?}");
}

#[test]
fn a_reader_who_has_seen_enough_of_a_dump_ends_it() {
    let room = Room::up();
    room.run([
        "content",
        "execute",
        "CREATE TABLE big AS SELECT repeat('x', 1000) FROM generate_series(1, 50000)",
    ])
    .done();
    let script = format!(
        "'{}' content get vrooli --data | head -c 100 >/dev/null; exit ${{PIPESTATUS[0]}}",
        crate::support::binary().display()
    );
    let status = room.command_of("/bin/bash".as_ref(), ["-c", &script]).status().unwrap();
    assert!(status.success());
}

#[test]
fn as_env_prints_lines_that_a_shell_evaluates() {
    let mut room = Room::new();
    room.set("POSTGRES_PASSWORD", "p@ss $(w) `w` \\ 'd' %");
    room.run(["up"]).failed();
    room.set("POSTGRES_PASSWORD", "p@ss/w: d%'#&;");
    room.run(["up"]).done();
    room.unset("POSTGRES_PASSWORD");
    let lines = room.run(["content", "get", "--as-env"]).done();
    insta::assert_snapshot!(lines, @r#"
    export PGHOST=127.0.0.1
    export PGPORT=5433
    export PGUSER=vrooli
    export PGPASSWORD="[password]"
    export PGDATABASE=vrooli
    export DATABASE_URL="postgresql://vrooli:p%40ss%2Fw%3A%20d%25%27%23%26%3B@127.0.0.1:5433/vrooli?sslmode=disable"
    export POSTGRES_HOST=127.0.0.1
    export POSTGRES_PORT=5433
    export POSTGRES_USER=vrooli
    export POSTGRES_PASSWORD="[password]"
    export POSTGRES_DB=vrooli
    export POSTGRES_SSLMODE=disable
    export POSTGRES_URL="postgresql://vrooli:p%40ss%2Fw%3A%20d%25%27%23%26%3B@127.0.0.1:5433/vrooli?sslmode=disable"
    [exit 0]
    "#);
    assert_eq!(
        room.run(["content", "get", "main", "--as-env", "--database", "vrooli"]).done().stdout,
        lines.stdout
    );
    let psql = "exec psql -X -A -t -c 'SELECT current_database()' \"$DATABASE_URL\"";
    let script = format!("set -eu; {}{psql}", lines.stdout);
    let output = room.command_of("/bin/sh".as_ref(), ["-c", &script]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "vrooli\n");
}

#[test]
fn get_of_a_user_without_a_known_password_says_how_to_get_one() {
    let room = Room::up();
    insta::assert_snapshot!(room.run(["content", "get", "--user", "app"]).failed(), @"
    --- stderr
    error: the password of user `app` of instance `main` is not known here
    hint: `content create-user --instance main --name app --password-file FILE` gives it a new one
    [exit 1]
    ");
}

#[test]
fn an_instance_goes_before_a_database_of_its_name_unless_rows_or_another_instance_are_asked_for() {
    let room = Room::up();
    room.run(["content", "create-database", "main"]).done();
    assert!(room.run(["content", "get", "main"]).done().stdout.starts_with("Instance: main\n"));
    for form in [&["--data"][..], &["--instance", "main"]] {
        let dump = room.run(["content", "get", "--name", "main"].iter().chain(form)).done().stdout;
        assert!(dump.contains("PostgreSQL database dump"), "{dump}");
    }
}

#[test]
fn a_get_that_is_killed_leaves_the_output_file_as_it_was_and_nothing_beside_it() {
    let room = Room::up();
    room.run(["content", "execute", "CREATE TABLE t ()"]).done();
    let holding = room.spawn(["content", "execute", "BEGIN; LOCK TABLE t; SELECT pg_sleep(60)"]);
    let count = |of: &str| room.value("main", &format!("SELECT count(*) FROM pg_stat_activity WHERE {of}"));
    eventually("the table to be locked", || {
        count("query LIKE 'SELECT pg_sleep%' AND state = 'active'") == "1"
    });
    let folder = room.path().join("out");
    fs::create_dir(&folder).unwrap();
    let output = room.file("out/dump.sql", "older");
    let dumping = room.spawn(["content", "get", "vrooli", "--data", "--output", &output]);
    eventually("the dump to wait", || {
        count("application_name = 'pg_dump' AND wait_event_type = 'Lock'") == "1"
    });
    for child in [dumping, holding] {
        kill(i32::try_from(child.id()).unwrap(), "KILL");
        drop(room.wait(child));
    }
    assert_eq!(fs::read_to_string(&output).unwrap(), "older");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
}

#[test]
fn a_database_is_told_from_content_of_its_name_by_what_only_a_database_has() {
    let room = Room::up();
    room.run(["content", "create-database", "stock"]).done();
    room.run(["content", "add", "--type", "data", &room.file("stock", "no database")]).done();
    assert_eq!(room.run(["content", "get", "stock"]).done().stdout, "no database");
    let dump = room.run(["content", "get", "stock", "--schema"]).done().stdout;
    assert!(dump.contains("PostgreSQL database dump"), "{dump}");
    room.run(["content", "get", "nothing", "--schema"]).skipped();
    room.run(["content", "get", "stock", "--schema", "--data"]).failed();
}

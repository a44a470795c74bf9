//! `content execute` that is interrupted, or whose server goes away.

use std::process::{Child, Stdio};

use crate::support::{Room, eventually, kill, pids_below};

/// Begins a run, and waits until the server is at the statement that sleeps.
fn asleep(room: &Room, script: &str) -> Child {
    let child = room.spawn(["content", "execute", "--file", &room.file("s.sql", script)]);
    eventually("the statement to be run", || sleepers(room) == "1");
    child
}

fn sleepers(room: &Room) -> String {
    let state = "state = 'active' AND query LIKE 'SELECT pg_sleep%'";
    room.value("main", &format!("SELECT count(*) FROM pg_stat_activity WHERE {state}"))
}

#[test]
fn an_interrupt_cancels_the_statement_on_the_server_and_ends_the_run() {
    let room = Room::up();
    for signal in ["INT", "HUP", "TERM"] {
        let script = "CREATE TABLE IF NOT EXISTS t ();\nSELECT pg_sleep(60);\n\\echo never\n";
        let child = asleep(&room, script);
        kill(i32::try_from(child.id()).unwrap(), signal);
        let answer = room.wait(child);
        assert_eq!(sleepers(&room), "0", "after SIG{signal}");
        if signal == "TERM" {
            insta::assert_snapshot!(answer.ended(1), @r#"
            CREATE TABLE
            --- stderr
            [room]/s.sql:1: NOTICE:  relation "t" already exists, skipping
            [room]/s.sql:2: ERROR:  57014: canceling statement due to user request
            error: interrupted
            [exit 1]
            "#);
        }
    }
}

#[test]
fn a_command_that_runs_out_of_its_time_ends_what_the_server_is_at() {
    let mut room = Room::up();
    room.set("RESOURCE_POSTGRES_LIMIT_SECONDS", "3");
    let script = "SET statement_timeout = 0;\nSELECT pg_sleep(60);\n";
    let answer = room.run(["content", "execute", "--file", &room.file("s.sql", script)]);
    insta::assert_snapshot!(answer.ended(1), @"
    SET
    --- stderr
    [room]/s.sql:2: ERROR:  57014: canceling statement due to user request
    error: the command's time is over: `--options timeout=SECONDS` gives it more
    [exit 1]
    ");
    assert_eq!(sleepers(&room), "0");
}

#[test]
fn a_lost_connection_is_told_with_what_was_acknowledged_last() {
    let room = Room::up();
    let script =
        "CREATE TABLE t (n int);\nBEGIN;\nINSERT INTO t VALUES (1);\n\nSELECT pg_sleep(60);\n\\echo never\n";
    let child = asleep(&room, script);
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'";
    room.run(["content", "execute", end]).done();
    insta::assert_snapshot!(room.wait(child).ended(1), @"
    CREATE TABLE
    BEGIN
    INSERT 0 1
    --- stderr
    error: [room]/s.sql:5: connection lost: 57P01: terminating connection due to administrator command; acknowledged last was the statement at [room]/s.sql:3, and the transaction begun at [room]/s.sql:2 is rolled back
    hint: what was acknowledged is done; `resource-postgres status` tells how the server is
    [exit 1]
    ");
    assert_eq!(room.value("main", "SELECT count(*) FROM t"), "0");
}

#[test]
fn a_server_that_is_restarted_in_the_middle_ends_the_run_even_if_errors_do_not() {
    let room = Room::up();
    let script =
        room.file("s.sql", "CREATE TABLE t (n int);\nSELECT pg_sleep(60);\nINSERT INTO t VALUES (1);\n");
    let child = room.spawn(["content", "execute", "--options", "on-error=continue", "--file", &script]);
    eventually("the statement to be run", || sleepers(&room) == "1");
    room.run(["manage", "restart"]).done();
    insta::assert_snapshot!(room.wait(child).ended(1), @"
    CREATE TABLE
    --- stderr
    error: [room]/s.sql:2: connection lost: 57P01: terminating connection due to administrator command; acknowledged last was the statement at [room]/s.sql:1
    hint: what was acknowledged is done; `resource-postgres status` tells how the server is
    [exit 1]
    ");
    assert_eq!(room.value("main", "SELECT count(*) FROM t"), "0");
}

#[test]
fn a_reader_that_goes_away_ends_the_query_on_the_server() {
    let room = Room::up();
    let endless = "SELECT pg_sleep(0.01), repeat('x', 10000) FROM generate_series(1, 100000)";
    let mut child = room.spawn(["content", "execute", "--format", "csv", endless]);
    eventually("the statement to be run", || sleepers(&room) == "1");
    drop(child.stdout.take());
    room.wait(child).done();
    eventually("the statement to be ended", || sleepers(&room) == "0");
}

#[test]
fn a_terminal_that_is_closed_does_not_end_a_run_that_is_to_outlive_it() {
    let room = Room::up();
    room.run(["content", "execute", "CREATE TABLE t ()"]).done();
    let script = room.file("s.sql", "BEGIN;\nLOCK t;\nSELECT pg_sleep(2);\nEND;\n\\echo done\n");
    // As `nohup` does.
    let shell = ["-c", "trap '' HUP; exec \"$0\" \"$@\""];
    let program = room.command([""; 0]).get_program().to_owned();
    let outliving = |args: &[&str]| {
        let mut command = room.command_of("/bin/sh".as_ref(), shell);
        command.arg(&program).args(args);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let script = outliving(&["query", "--file", &script]);
    eventually("the statement to be run", || sleepers(&room) == "1");
    let backup = outliving(&["content", "backup", "--name", "b"]);
    let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted";
    eventually("the backup to wait for its lock", || room.value("main", waiting) != "0");
    for child in [&script, &backup] {
        kill(i32::try_from(child.id()).unwrap(), "HUP");
    }
    assert!(room.wait(script).done().stdout.ends_with("done\n"));
    room.wait(backup).done();
}

/// Begins a run by psql, and waits until the server is at the statement that sleeps.
fn asleep_in_psql(room: &Room, options: &str, files: &[String]) -> Child {
    let options = format!("engine=psql,{options}");
    let mut args = vec!["content", "execute", "--options", &options];
    args.extend(files.iter().flat_map(|it| ["--file", it]));
    let child = room.spawn(args);
    eventually("the statement to be run", || sleepers(room) == "1");
    child
}

#[test]
fn an_interrupt_of_a_run_by_psql_cancels_its_statement_and_leaves_nothing_behind() {
    let mut room = Room::up();
    if room.psql("main").is_none() {
        return;
    }
    let temporary = room.path().join("tmp");
    std::fs::create_dir(&temporary).unwrap();
    room.set("TMPDIR", &temporary.display().to_string());
    let files = [
        room.file("a.sql", "SELECT pg_sleep(60);\n\\echo never\n"),
        room.file("b.sql", "CREATE TABLE never ();\n"),
    ];
    for (signal, on_error) in [("INT", "stop"), ("HUP", "stop"), ("TERM", "stop"), ("TERM", "continue")] {
        let child = asleep_in_psql(&room, &format!("on-error={on_error}"), &files);
        kill(i32::try_from(child.id()).unwrap(), signal);
        let answer = room.wait(child);
        assert_eq!(sleepers(&room), "0", "after SIG{signal}");
        insta::allow_duplicates! {
            insta::assert_snapshot!(answer.ended(1), @"
            --- stderr
            Cancel request sent
            psql:[room]/a.sql:1: ERROR:  canceling statement due to user request
            error: interrupted
            [exit 1]
            ");
        }
    }
    assert_eq!(room.value("main", "SELECT count(*) FROM pg_class WHERE relname = 'never'"), "0");
    assert_eq!(std::fs::read_dir(&temporary).unwrap().count(), 0);
}

#[test]
fn a_run_by_psql_that_runs_out_of_its_time_ends_what_the_server_is_at() {
    let mut room = Room::up();
    if room.psql("main").is_none() {
        return;
    }
    room.set("RESOURCE_POSTGRES_LIMIT_SECONDS", "3");
    let answer = room.run(["content", "execute", "--options", "engine=psql", "SELECT pg_sleep(60)"]);
    insta::assert_snapshot!(answer.ended(1), @"
    --- stderr
    Cancel request sent
    psql:<stdin>:1: ERROR:  canceling statement due to user request
    error: the command's time is over: `--options timeout=SECONDS` gives it more
    [exit 1]
    ");
    assert_eq!(sleepers(&room), "0");
}

#[test]
fn an_interrupt_of_a_run_by_psql_ends_what_its_script_has_started_too() {
    let room = Room::up();
    if room.psql("main").is_none() {
        return;
    }
    let child = room.spawn(["content", "execute", "--options", "engine=psql", "\\! touch begun; sleep 60\n"]);
    let begun = room.path().join("begun");
    eventually("the shell to be run", || begun.exists());
    kill(i32::try_from(child.id()).unwrap(), "TERM");
    room.wait(child).ended(1);
    let is_sleep =
        |pid: &i32| std::fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|it| it.trim() == "sleep");
    assert!(!pids_below(room.path()).iter().any(is_sleep));
}

//! Logs that servers write themselves.

use std::fs;

use crate::support::Room;

#[test]
fn a_log_begins_with_where_its_server_listens() {
    let room = Room::up();
    insta::assert_snapshot!(room.run(["logs"]).done(), @r#"
    [time] [pid] LOG:  starting PostgreSQL [version] on [platform]
    [time] [pid] LOG:  listening on IPv4 address "127.0.0.1", port 5433
    [time] [pid] LOG:  listening on Unix socket "[room]/instances/main/run/.s.PGSQL.5433"
    [time] [pid] LOG:  database system was shut down at [time]
    [time] [pid] LOG:  database system is ready to accept connections
    [exit 0]
    "#);
}

#[test]
fn a_log_that_cannot_be_read_fails() {
    let room = Room::up();
    let log = room.instance("main").join("log/postgresql.log");
    fs::remove_file(&log).unwrap();
    fs::create_dir(&log).unwrap();
    insta::assert_snapshot!(room.run(["logs"]).failed(), @"
    --- stderr
    error: reading [room]/instances/main/log/postgresql.log: Is a directory (os error 21)
    hint: a file and a folder are in each other's place: move it away, or choose another folder
    [exit 1]
    ");
}

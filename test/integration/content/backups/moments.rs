//! Points in time: an instance as it was at any moment since its WAL is archived.

use std::fs;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::Duration;

use super::{below, shop};
use crate::support::{Answer, Room, eventually, kill, tried};

/// A room with `main` up, whose WAL is archived.
pub fn archived() -> Room {
    let room = shop();
    room.run(["content", "backup", "enable-pitr", "--yes"]).done();
    room
}

/// Ends a segment in which something is.
pub const WRITTEN: &str = "CREATE TABLE passing (); DROP TABLE passing; SELECT pg_switch_wal()";

/// The archived segments of `main`, in order.
pub fn segments(room: &Room) -> Vec<PathBuf> {
    let is_segment = |it: &PathBuf| it.file_name().unwrap().len() == 24 + ".gz".len();
    let mut found: Vec<_> = below(&room.path().join("wal/main")).into_iter().filter(is_segment).collect();
    found.sort();
    found
}

/// Restores `main` as it was.
pub fn restore(room: &Room, how: [&str; 2], into: &str) -> Answer {
    room.run(["content", "restore", how[0], how[1], "--into", into])
}

/// This moment, as its server has it.
pub fn now(room: &Room) -> String {
    room.value("main", "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US+00')")
}

/// What was said to it.
fn rows(room: &Room, instance: &str) -> String {
    room.value(instance, "SELECT coalesce(string_agg(said, ' ' ORDER BY said), 'nothing') FROM said")
}

fn say(room: &Room, word: &str) {
    room.run(["content", "execute", &format!("INSERT INTO said VALUES ('{word}')")]).done();
}

#[test]
fn an_instance_is_restored_as_it_was_at_any_moment() {
    let room = shop();
    insta::assert_snapshot!(room.run(["content", "backup", "enable-pitr"]).failed(), @r"
    --- stderr
    error: restarting `main` and ending the sessions in it needs to be confirmed
    hint: `--yes` does it without asking
    [exit 1]
    ");
    let begun = room.run(["content", "backup", "enable-pitr", "--yes"]).done();
    insta::assert_snapshot!(shown(begun), @r"
    main: archived in [room]/wal/main/[identifier]
    main: any moment from [time] to [time]
    --- stderr
    `base-[time]` is what WAL is replayed upon
    [exit 0]
    ");
    room.run(["content", "execute", "CREATE TABLE said (said text)"]).done();
    say(&room, "1");
    sleep(Duration::from_millis(20));
    let moment = now(&room);
    sleep(Duration::from_millis(20));
    say(&room, "2");
    let point = room.run(["content", "backup", "create-restore-point", "before-3"]).done();
    insta::assert_snapshot!(point.hiding(r"0/[0-9A-F]+", "[lsn]"), @r"
    before-3: [lsn]
    --- stderr
    next: resource-postgres content restore --instance main --to-name before-3 --into NEW
    [exit 0]
    ");
    say(&room, "3");
    let lsn = room.value("main", "SELECT pg_current_wal_lsn()");
    room.run(["content", "execute", "DROP TABLE said"]).done();

    let restored = restore(&room, ["--to", &moment], "time").done();
    insta::assert_snapshot!(shown(restored), @r"
    --- stderr
    `time` is running on port 5434 with what `main` had up to [time], from `base-[time]` on
    [exit 0]
    ");
    assert_eq!(rows(&room, "time"), "1");
    for (flag, end, said) in [("--to-name", "before-3", "1 2"), ("--to-lsn", &lsn, "1 2 3")] {
        if tried(&["--to-name", "--to-lsn"], &["--to-name"]).contains(&flag) {
            restore(&room, [flag, end], &flag[2..]).done();
            assert_eq!(rows(&room, &flag[2..]), said);
        }
    }
    // Its WAL is its own, and goes into nobody's archive; nor does that of a clone.
    room.run(["content", "clone", "main", "twin"]).done();
    for name in ["time", "twin"] {
        assert_eq!(room.value(name, "SHOW archive_mode"), "off");
        assert_ne!(room.value(name, "SELECT system_identifier FROM pg_control_system()"), identifier(&room));
    }
    room.run(["manage", "restart", "--instance", "time"]).done();
    room.run(["status", "time"]).done();
}

#[test]
fn a_moment_behind_the_last_transaction_is_reached_though_nobody_writes() {
    let room = archived();
    room.run(["content", "execute", "CREATE TABLE said AS SELECT 'the last word' AS said"]).done();
    restore(&room, ["--to", &now(&room)], "copy").done();
    assert_eq!(rows(&room, "copy"), "the last word");
}

#[test]
fn what_was_written_last_is_restored_even_where_the_instance_is_gone() {
    let room = archived();
    // A start needs no archive, and makes its folder anew.
    let archive = room.path().join("wal");
    fs::rename(&archive, room.path().join("away")).unwrap();
    room.run(["manage", "restart"]).done();
    fs::remove_dir_all(&archive).unwrap();
    fs::rename(room.path().join("away"), &archive).unwrap();
    room.run(["manage", "restart"]).done();
    room.run(["content", "execute", "CREATE TABLE said AS SELECT 'last' AS said"]).done();
    restore(&room, ["--to", "latest"], "copy").done();
    assert_eq!(rows(&room, "copy"), "last");
    room.run(["content", "remove", "--name", "main", "--force"]).done();
    restore(&room, ["--to", "latest"], "main").done();
    assert_eq!(rows(&room, "main"), "last");
}

pub fn identifier(room: &Room) -> String {
    room.value("main", "SELECT system_identifier FROM pg_control_system()")
}

pub fn shown(answer: Answer) -> Answer {
    let answer =
        answer.hiding(r"20\d\d-\d\d-\d\dT[0-9:.]+Z", "[time]").hiding(r"base-[0-9-]+", "base-[time]");
    answer.hiding(r"\b\d{19}\b", "[identifier]")
}

#[test]
fn a_replay_that_is_interrupted_leaves_nothing() {
    let room = archived();
    for signal in tried(&["INT", "TERM"], &["INT"]) {
        let restoring = room.spawn(["content", "restore", "--to", "latest", "--into", "copy"]);
        eventually("it is begun", || {
            room.instance("copy").join("data.new").exists() || room.data("copy").exists()
        });
        kill(i32::try_from(restoring.id()).unwrap(), signal);
        let answer = room.wait(restoring);
        assert_eq!(
            answer.stderr,
            format!("error: `content restore` was ended by SIG{signal}: nothing of it is left\n")
        );
        assert!(!room.instance("copy").exists());
    }
    restore(&room, ["--to", "latest"], "copy").done();
}

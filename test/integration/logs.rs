//! `logs`.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout};
use std::time::Duration;

use crate::support::{Room, eventually, kill};

/// Has the server of an instance write a line to its log.
fn say(room: &Room, instance: &str, text: &str) {
    let sql = format!("DO $$ BEGIN RAISE LOG '{text}'; END $$");
    room.run(["content", "execute", "--instance", instance, &sql]).done();
}

#[test]
fn logs_show_what_the_server_wrote() {
    let room = Room::up();
    let whole = room.run(["logs"]).meets("logs.exit_codes.0");
    assert!(whole.stdout.contains(" LOG:  starting PostgreSQL "), "{whole}");
    insta::assert_snapshot!(room.run(["logs", "--tail", "2"]).done(), @"
    [time] [pid] LOG:  database system was shut down at [time]
    [time] [pid] LOG:  database system is ready to accept connections
    [exit 0]
    ");
    insta::assert_snapshot!(room.run(["logs", "--tail", "1"]).done(), @"
    [time] [pid] LOG:  database system is ready to accept connections
    [exit 0]
    ");
    assert_eq!(room.run(["logs", "--lines", "2"]).done().stdout.lines().count(), 2);
    insta::assert_snapshot!(room.run(["logs", "--tail", "0"]).done(), @"[exit 0]");
}

#[test]
fn logs_of_one_instance_or_of_all() {
    let room = Room::up();
    room.run(["content", "create-instance", "shop"]).done();
    insta::assert_snapshot!(room.run(["logs", "--all", "--tail", "1"]).done(), @"
    ==> main <==
    [time] [pid] LOG:  database system is ready to accept connections
    ==> shop <==
    [time] [pid] LOG:  database system is ready to accept connections
    [exit 0]
    ");
    let shop = room.run(["logs", "shop"]).done().stdout;
    assert!(shop.contains("ready to accept connections"));
    assert_eq!(room.run(["logs", "--instance", "shop"]).done().stdout, shop);
}

#[test]
fn logs_of_an_unknown_instance_fail() {
    let room = Room::up();
    insta::assert_snapshot!(room.run(["logs", "shop"]).meets("logs.exit_codes.1").failed(), @"
    --- stderr
    error: there is no instance `shop`
    hint: there are: main
    [exit 1]
    ");
}

#[test]
fn logs_of_what_never_ran_are_skipped() {
    let room = Room::new();
    insta::assert_snapshot!(room.run(["logs"]).meets("logs.exit_codes.2"), @"
    --- stderr
    no logs available
    [exit 2]
    ");
    room.run(["manage", "install", "--skip-validation"]).done();
    insta::assert_snapshot!(room.run(["logs"]).skipped(), @"
    --- stderr
    no logs available
    [exit 2]
    ");
}

#[test]
fn since_leaves_out_what_is_older() {
    let room = Room::up();
    say(&room, "main", "a marker");
    let count = |since: &str| room.run(["logs", "--since", since]).done().stdout.lines().count();
    let all = room.run(["logs"]).done().stdout.lines().count();
    assert_eq!((count("10m"), count("2h"), count("2001-01-01")), (all, all, all));
    assert_eq!((count("2099-01-01 00:00:00"), count("2099-01-01T00:00:00Z")), (0, 0));

    let log = room.run(["logs"]).done().stdout;
    let line = log.lines().find(|line| line.contains("a marker")).unwrap();
    let from = room.run(["logs", "--since", &line[..23]]).done().stdout;
    assert!(from.starts_with(line), "{from}");
    insta::assert_snapshot!(room.run(["logs", "--since", "yesterday"]).failed(), @"
    --- stderr
    error: invalid value 'yesterday' for '--since <TIME>': a time is a distance such as `10m` or `2h`, `2026-11-23 10:00:00` (UTC), or RFC 3339
    hint: see `resource-postgres logs --help`
    [exit 1]
    ");
}

/// `logs --follow` that has begun to follow.
pub fn follower(room: &Room, instance: &str) -> (Child, BufReader<ChildStdout>) {
    // A busy engine keeps what a server says a moment later.
    say(room, instance, "followed from here on");
    let log = || room.run(["logs", instance]).stdout;
    eventually("the log has what the server said", || log().contains("followed from here on"));
    let mut child = room.spawn(["logs", instance, "--follow", "--tail", "1"]);
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    next(&mut lines);
    (child, lines)
}

/// The next line that a follower shows.
pub fn next(lines: &mut impl BufRead) -> String {
    let mut line = String::new();
    assert_ne!(lines.read_line(&mut line).unwrap(), 0, "the follower has ended");
    line
}

#[test]
fn a_followed_log_shows_what_is_written_until_it_is_interrupted() {
    let room = Room::up();
    let (child, mut lines) = follower(&room, "main");
    say(&room, "main", "hello, follower");
    let line = next(&mut lines);
    assert!(line.ends_with("LOG:  hello, follower\n"), "{line}");
    kill(i32::try_from(child.id()).unwrap(), "INT");
    insta::assert_snapshot!(room.wait(child), @"[exit 0]");
}

#[test]
fn a_follower_ends_at_the_first_interrupt_whenever_it_comes() {
    let room = Room::up();
    for pause in 0..8 {
        let (mut child, lines) = follower(&room, "main");
        std::thread::sleep(Duration::from_millis(96 + pause));
        kill(i32::try_from(child.id()).unwrap(), "INT");
        eventually("the follower ends", || child.try_wait().unwrap().is_some());
        drop(lines);
    }
}

#[test]
fn a_follower_whose_reader_goes_away_ends_quietly_even_if_nothing_more_is_written() {
    let room = Room::up();
    let (mut child, lines) = follower(&room, "main");
    drop(lines);
    eventually("the follower ends", || child.try_wait().unwrap().is_some());
    insta::assert_snapshot!(room.wait(child), @"[exit 0]");
}

#[test]
fn a_followed_log_goes_on_across_a_restart() {
    let room = Room::up();
    let (child, mut lines) = follower(&room, "main");
    room.run(["restart"]).done();
    while !next(&mut lines).contains("ready to accept connections") {}
    kill(i32::try_from(child.id()).unwrap(), "INT");
    room.wait(child).done();
}

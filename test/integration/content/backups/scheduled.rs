//! Backups by schedule: what is due is done, and what may go is gone.

use std::fs;
use std::process::Command;

use jiff::{SignedDuration, Timestamp};
use resource_postgres::backups::metadata::{Metadata, Verified};

use super::shop;
use crate::support::{Answer, Room};

/// What is run by a timer.
fn run_due(room: &Room) -> Answer {
    room.run(["content", "backup", "run-due"]).hiding(r"scheduled-\d{8}-\d{6}", "[new]")
}

/// The names of all backups, the oldest first.
fn names(room: &Room) -> Vec<String> {
    let report = room.run(["content", "list-backups", "--format", "json"]).json();
    report["backups"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect()
}

/// Makes of a backup one that was made so many days ago, under another name.
fn make_older(room: &Room, from: &str, days: i64, name: &str, passed: Option<bool>) {
    let dir = room.backups("main").join(name);
    let copied = Command::new("cp").arg("-a").arg(room.backups("main").join(from)).arg(&dir).status();
    assert!(copied.unwrap().success());
    let file = dir.join("metadata.json");
    let mut known = Metadata::parse(&fs::read_to_string(&file).unwrap()).unwrap();
    let at = Timestamp::now() - SignedDuration::from_hours(24 * days);
    known.created = at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let found = String::new();
    known.verified = passed.map(|passed| Verified {
        at: known.created.clone(),
        passed,
        postgres_version: String::new(),
        duration_ms: 1,
        found,
    });
    fs::write(file, known.render().unwrap()).unwrap();
}

#[test]
fn what_is_due_is_done_once_and_what_may_go_is_gone_but_for_the_last_good_one() {
    let room = shop();
    room.run(["content", "backup", "--name", "by-hand"]).done();
    make_older(&room, "by-hand", 400, "mine", None);
    for (days, name, passed) in [
        (300, "scheduled-oldest", None),
        (200, "scheduled-good", Some(true)),
        (100, "scheduled-bad", Some(false)),
        (2, "scheduled-last", None),
    ] {
        make_older(&room, "by-hand", days, name, passed);
    }
    let set = room
        .run(["content", "backup", "schedule", "--every", "1d", "--keep", "1d", "--verify", "weekly"])
        .done();
    insta::assert_snapshot!(set, @r"
    main: full, every 1d, keeping 1d, proved weekly
    --- stderr
    next: `--install-timer`, or something else that runs `resource-postgres content backup run-due`
    [exit 0]
    ");
    let dry = room.run(["content", "backup", "run-due", "--dry-run"]).done();
    insta::assert_snapshot!(dry, @r"
    main: a backup is due
    main: a drill of scheduled-last is due
    main: scheduled-oldest would go
    main: scheduled-bad would go
    [exit 0]
    ");
    assert_eq!(names(&room).len(), 6);
    insta::assert_snapshot!(run_due(&room).done(), @r"
    main: backed up as [new]
    main: [new] passed its drill: all is as it was, in 3 databases and 3 tables
    main: scheduled-oldest is gone
    main: scheduled-good is gone
    main: scheduled-bad is gone
    main: scheduled-last is gone
    [exit 0]
    ");
    let left = names(&room);
    assert_eq!(left.len(), 3, "{left:?}");
    assert_eq!(left[..2], ["mine", "by-hand"], "what was made by hand is nobody else's to throw away");
    insta::assert_snapshot!(run_due(&room).done(), @r"
    main: nothing is due
    [exit 0]
    ");
}

#[test]
fn a_turn_that_fails_is_told_and_throws_nothing_away() {
    let room = shop();
    room.run(["content", "backup", "schedule", "--cron", "0 3 * * *", "--keep", "1d"]).done();
    run_due(&room).done();
    make_older(&room, &names(&room)[0], 5, "scheduled-older", None);
    let newest = room.backups("main").join(&names(&room)[1]);
    fs::remove_dir_all(newest).unwrap();
    room.run(["manage", "stop"]).done();
    let failed = run_due(&room).ended(1);
    assert!(failed.stdout.starts_with("main: failed: instance `main`"), "{failed}");
    assert_eq!(names(&room), ["scheduled-older"]);
    room.run(["content", "backup", "schedule", "--off"]).done();
    insta::assert_snapshot!(run_due(&room).done(), @r"
    --- stderr
    nothing is scheduled: `content backup schedule` says when an instance is backed up
    [exit 0]
    ");
}

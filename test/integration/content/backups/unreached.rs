//! Moments that cannot be restored.

use std::fs;

use super::moments::{WRITTEN, archived, restore, segments, shown};
use super::shop;
use crate::support::{Answer, eventually};

#[test]
fn a_moment_that_cannot_be_reached_is_refused_before_anything_is_begun() {
    let room = shop();
    insta::assert_snapshot!(restore(&room, ["--to", "latest"], "copy").failed(), @r"
    --- stderr
    error: `main` cannot be restored up to the latest: there is no physical backup of it behind which WAL is archived
    hint: `resource-postgres content backup enable-pitr --instance main` begins with that
    [exit 1]
    ");
    drop(room);
    let room = archived();
    for how in [
        ["--to", "2001-01-01 00:00:00+00"],
        ["--to", "2999-01-01T00:00:00Z"],
        ["--to", "yesterday"],
        ["--to-lsn", "FFFF/0"],
        ["--to-lsn", "0/28"],
        ["--to-name", "nope"],
    ] {
        let refused = shown(restore(&room, how, "copy").failed()).hiding(r"LSN 0/[0-9A-F]+", "LSN [lsn]");
        refusals(how, &refused);
    }
    // What is missing, and what was changed, is named.
    for _ in 0..3 {
        room.run(["content", "execute", WRITTEN]).done();
    }
    eventually("all is archived", || segments(&room).len() >= 5);
    room.run(["manage", "stop"]).done();
    let all = segments(&room);
    let victim = &all[all.len() - 2];
    let name = victim.file_stem().unwrap().to_str().unwrap().to_owned();
    let good = fs::read(victim).unwrap();
    let mut bad = good.clone();
    bad[100] ^= 1;
    fs::write(victim, bad).unwrap();
    let changed = restore(&room, ["--to", "latest"], "copy").failed();
    assert!(changed.stderr.contains(&format!("segment {name} of WAL was changed")), "{changed}");
    fs::remove_file(victim).unwrap();
    let missing = restore(&room, ["--to", "latest"], "copy").failed();
    assert!(missing.stderr.contains(&format!("segment {name} of WAL is missing")), "{missing}");
    assert!(!room.instance("copy").exists());
    fs::write(victim, good).unwrap();
    restore(&room, ["--to", "latest"], "copy").done();
}

#[track_caller]
fn refusals(how: [&str; 2], refused: &Answer) {
    let expected = match how[1] {
        "2001-01-01 00:00:00+00" | "0/28" => "the first moment that can be restored is [time] (LSN [lsn])",
        "2999-01-01T00:00:00Z" => "that is still to come",
        "yesterday" => "it is `latest`, or a time with its zone",
        "FFFF/0" => "what is archived ends at [time] (LSN [lsn])",
        _ => "`content backup create-restore-point` has made none of that name",
    };
    assert!(refused.to_string().contains(expected), "{refused}");
}

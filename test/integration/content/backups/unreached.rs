//! Moments that cannot be restored, and archives that take nothing.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::moments::{WRITTEN, archived, identifier, now, restore, segments, shown};
use super::{below, shop};
use crate::support::{Answer, Room, eventually};

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
    let before = now(&room);
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
    restore(&room, ["--to", &before], "before").done();
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

#[test]
fn an_archive_that_takes_nothing_is_not_begun_and_the_server_goes_on_as_before() {
    let room = shop();
    // Its name is taken by other bytes, which stay.
    let place = room.path().join("wal/main").join(identifier(&room));
    fs::create_dir_all(&place).unwrap();
    for number in 1..9 {
        fs::write(place.join(format!("00000001000000000000000{number}.gz")), "strange").unwrap();
    }
    give_to_server(&room, &place);
    let begun = Instant::now();
    let failed = room.run(["content", "backup", "enable-pitr", "--yes"]).failed();
    assert!(
        failed.stderr.starts_with("error: the WAL of `main` cannot be archived: segment 0000"),
        "{failed}"
    );
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    assert_eq!(room.value("main", "SHOW archive_mode"), "off");
    room.run(["status", "main"]).done();
    assert_eq!(fs::read(place.join("000000010000000000000001.gz")).unwrap(), b"strange");
    // One that gets stuck later is told by who looks after it.
    fs::remove_dir_all(&place).unwrap();
    room.run(["content", "backup", "enable-pitr", "--yes"]).done();
    room.run(["content", "backup", "schedule", "--every", "1h", "--type", "physical", "--keep", "1d"]).done();
    let done = room.run(["content", "backup", "run-due"]).done();
    assert!(done.stdout.contains("main: backed up as scheduled-"), "{done}");
    eventually("the segments of both backups have arrived", || segments(&room).len() > 1);
    fs::set_permissions(&place, fs::Permissions::from_mode(0o500)).unwrap();
    room.run(["content", "execute", WRITTEN]).done();
    let mut stuck = room.run(["content", "backup", "run-due"]);
    eventually("it fails", || {
        stuck = room.run(["content", "backup", "run-due"]);
        stuck.code == Some(1)
    });
    let said = "main: failed: the WAL of `main` cannot be archived: segment 0000";
    assert!(stuck.stdout.starts_with(said), "{stuck}");
    // Once it gets something again, what no backup needs goes.
    fs::set_permissions(&place, fs::Permissions::from_mode(0o700)).unwrap();
    let before = segments(&room);
    fs::remove_dir_all(first_base(&room)).unwrap();
    room.run(["content", "execute", WRITTEN]).done();
    eventually("it goes on", || room.run(["content", "backup", "run-due"]).code == Some(0));
    let after = segments(&room);
    assert!(after[0] > before[0] && after.contains(before.last().unwrap()), "{before:?} {after:?}");
    restore(&room, ["--to", "latest"], "copy").done();
    room.run(["content", "backup", "enable-pitr", "--off", "--yes"]).done();
    assert_eq!(room.value("main", "SHOW archive_mode"), "off");
    // What was written meanwhile is in no archive: another backup begins anew behind it.
    for _ in 0..2 {
        room.run(["content", "execute", WRITTEN]).done();
    }
    let again = room.run(["content", "backup", "enable-pitr", "--yes"]).done();
    assert!(again.stderr.contains("is what WAL is replayed upon"), "{again}");
    assert_eq!(again.stdout.lines().count(), 3, "{again}");
    room.run(["content", "restore", "--to", "latest", "--into", "again"]).done();
}

fn first_base(room: &Room) -> PathBuf {
    let all = fs::read_dir(room.backups("main")).unwrap().flatten().map(|it| it.path());
    all.into_iter().find(|it| it.file_name().unwrap().to_str().unwrap().starts_with("base-")).unwrap()
}

/// As the program does where the folder is not there yet.
fn give_to_server(room: &Room, dir: &Path) {
    let owner = fs::metadata(room.data("main")).unwrap();
    for path in [dir.parent().unwrap(), dir].into_iter().map(PathBuf::from).chain(below(dir)) {
        chown(path, Some(owner.uid()), Some(owner.gid())).unwrap();
    }
}

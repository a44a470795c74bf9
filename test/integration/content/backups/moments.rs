//! Points in time: an instance as it was at any moment since its WAL is archived.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::{below, shop};
use crate::support::{Answer, Room, eventually, kill};

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

/// What `kept` holds.
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
    let moment = room
        .value("main", "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US+00')");
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
    restore(&room, ["--to-name", "before-3"], "name").done();
    assert_eq!(rows(&room, "name"), "1 2");
    restore(&room, ["--to-lsn", &lsn], "lsn").done();
    assert_eq!(rows(&room, "lsn"), "1 2 3");
    // Its WAL is its own, and goes into nobody's archive; nor does that of a clone.
    room.run(["content", "clone", "main", "twin"]).done();
    for name in ["lsn", "twin"] {
        assert_eq!(room.value(name, "SHOW archive_mode"), "off");
        assert_ne!(room.value(name, "SELECT system_identifier FROM pg_control_system()"), identifier(&room));
    }
    room.run(["manage", "restart", "--instance", "lsn"]).done();
    room.run(["status", "lsn"]).done();
    // A start needs no archive, and makes its folder anew.
    let archive = room.path().join("wal");
    fs::rename(&archive, room.path().join("away")).unwrap();
    room.run(["manage", "restart"]).done();
    fs::remove_dir_all(&archive).unwrap();
    fs::rename(room.path().join("away"), &archive).unwrap();
    room.run(["manage", "restart"]).done();
    // What was written last is there too, and even where the instance is gone.
    room.run(["content", "execute", "CREATE TABLE said AS SELECT 'last' AS said"]).done();
    restore(&room, ["--to", "latest"], "latest").done();
    assert_eq!(rows(&room, "latest"), "last");
    room.run(["content", "remove", "--name", "main", "--force"]).done();
    restore(&room, ["--to", "latest"], "main").done();
    assert_eq!(rows(&room, "main"), "last");
}

fn identifier(room: &Room) -> String {
    room.value("main", "SELECT system_identifier FROM pg_control_system()")
}

pub fn shown(answer: Answer) -> Answer {
    let answer =
        answer.hiding(r"20\d\d-\d\d-\d\dT[0-9:.]+Z", "[time]").hiding(r"base-[0-9-]+", "base-[time]");
    answer.hiding(r"\b\d{19}\b", "[identifier]")
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

#[test]
fn a_replay_that_is_interrupted_leaves_nothing() {
    let room = archived();
    for signal in ["INT", "TERM"] {
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

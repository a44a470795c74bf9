//! Disks that are full while an instance is created: one line, a hint, and nothing left behind.

use std::path::PathBuf;

use super::{complaint, files_below};
use crate::support::Room;
use crate::support::disk::Disk;

#[test]
fn a_creation_on_a_full_disk_fails_and_leaves_nothing_behind() {
    // Full while data is copied, while the record is written, and while the first lock is made.
    for size in ["size=4m", "size=4k", "nr_inodes=8", "nr_inodes=2"] {
        let room = Room::new();
        let Some(_disk) = Disk::at(&room.instances(), size) else { return };
        let (error, hint) = complaint(room.run(["content", "create-instance", "shop"]));
        assert!(error.contains("No space left on device"), "{size}: {error}");
        assert_eq!(hint, "free some disk space");
        assert!(!room.instance("shop").exists(), "{size}");
        let left: Vec<PathBuf> = files_below(&room.instances()).into_keys().collect();
        assert!(left.iter().all(|it| it.ends_with("store.ports.lock")), "{size}: {left:?}");
    }
}

#[test]
fn a_seed_that_does_not_fit_leaves_nothing_behind() {
    let mut room = Room::new();
    let cache = room.path().join("seeds");
    let Some(_disk) = Disk::at(&cache, "size=8m") else { return };
    room.set("POSTGRES_CACHE_DIR", &cache.display().to_string());
    let (error, hint) = complaint(room.run(["up"]));
    assert!(error.contains("could not write to file"), "{error}");
    assert_eq!(hint, "free some disk space");
    assert!(!room.instance("main").exists());
    let left: Vec<PathBuf> = files_below(&cache).into_keys().collect();
    assert!(left.iter().all(|it| it.to_string_lossy().ends_with("lock")), "{left:?}");
}

#[test]
fn a_clone_that_does_not_fit_is_not_begun_and_its_source_goes_on() {
    // Too few bytes, which are counted first, and too few files, which are not.
    for (size, why) in [("size=64m", "MiB are free"), ("nr_inodes=2000", "No space left on device")] {
        let room = Room::new();
        let Some(_disk) = Disk::at(&room.instances(), size) else { return };
        room.run(["up"]).done();
        let (error, hint) = complaint(room.run(["content", "clone", "main", "copy"]));
        assert!(error.contains("No space left on device") && error.contains(why), "{size}: {error}");
        assert_eq!(hint, "free some disk space");
        assert!(!room.instance("copy").exists(), "{size}");
        room.run(["content", "execute", "CREATE TABLE t AS SELECT 1"]).done();
    }
}

#[test]
fn a_server_on_a_full_disk_fails_to_start_and_starts_once_there_is_room() {
    let room = Room::new();
    let Some(_disk) = Disk::at(&room.instances(), "size=60m") else { return };
    room.run(["up"]).done();
    room.run(["content", "execute", "CREATE TABLE kept AS SELECT 42 AS answer"]).done();
    room.run(["manage", "stop"]).done();
    let filler = room.instances().join("filler");
    let _ = std::fs::write(&filler, vec![0; 60 << 20]);
    let (error, _) = complaint(room.run(["manage", "start", "--wait"]));
    assert!(error.contains("No space left on device"), "{error}");
    std::fs::remove_file(&filler).unwrap();
    room.run(["manage", "start", "--wait"]).done();
    assert_eq!(room.value("main", "SELECT answer FROM kept"), "42");
}

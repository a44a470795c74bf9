//! Disks that are full and folders that are closed: one line, a hint, nothing left behind, and a server that goes on.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use resource_postgres::runtime::Kind;

use super::{below, shop};
use crate::faults::complaint;
use crate::support::Room;
use crate::support::disk::Disk;

/// A table that takes more room than there is, in the backup and out of it.
const LARGE: &str = "CREATE TABLE large (it text); ALTER TABLE large ALTER it SET STORAGE EXTERNAL; \
    INSERT INTO large SELECT repeat('x', 100000) FROM generate_series(1, 200)";
/// Its rows.
const ROWS: &str = "200";

/// All that is below a folder but locks, which stay.
fn left(dir: &Path) -> Vec<PathBuf> {
    below(dir).into_iter().filter(|it| it.is_file() && !it.to_string_lossy().ends_with("lock")).collect()
}

#[test]
fn a_backup_that_does_not_fit_is_not_there() {
    let room = shop();
    room.run(["content", "execute", LARGE]).done();
    // Full while rows are written, while folders are made, and while anything is.
    for size in ["size=2m", "nr_inodes=6", "nr_inodes=2"] {
        let Some(_disk) = Disk::at(&room.path().join("backups"), size) else { return };
        let (error, hint) = complaint(room.run(["content", "backup", "--compress", "none"]));
        assert!(error.contains("No space left on device"), "{size}: {error}");
        assert_eq!(hint, "free some disk space");
        assert_eq!(left(&room.path().join("backups")), Vec::<PathBuf>::new(), "{size}");
        assert_eq!(room.value("main", "SELECT count(*) FROM large"), ROWS);
    }
}

#[test]
fn a_restore_that_does_not_fit_leaves_no_instance() {
    let mut room = shop();
    room.run(["content", "execute", LARGE]).done();
    room.run(["content", "backup", "--name", "b", "--compress", "none"]).done();
    let (own, full) = (room.instances(), room.path().join("full"));
    // Full while databases are made, and while rows come.
    for size in ["size=64m", "size=84m"] {
        let Some(_disk) = Disk::at(&full, size) else { return };
        room.set("POSTGRES_INSTANCES_DIR", full.to_str().unwrap());
        let (error, hint) = complaint(room.run(["content", "restore", "b", "--into", "copy"]));
        assert!(error.contains("No space left on device"), "{size}: {error}");
        assert_eq!(hint, "free some disk space");
        assert_eq!(left(&full), Vec::<PathBuf>::new(), "{size}");
        room.set("POSTGRES_INSTANCES_DIR", own.to_str().unwrap());
        assert_eq!(room.value("main", "SELECT count(*) FROM large"), ROWS);
    }
}

#[test]
fn a_folder_that_is_closed_is_named() {
    let mut room = Room::of_nobody_on(Kind::Native);
    let backups = room.path().join("backups");
    room.set("POSTGRES_BACKUP_DIR", backups.to_str().unwrap());
    room.run(["up"]).done();
    room.run(["content", "backup", "--name", "b"]).done();
    let mut said = String::new();
    for (closed, args) in [
        ("main", ["content", "backup", "--name", "c"].as_slice()),
        ("main", &["content", "backup", "schedule", "--every", "1d"]),
        ("main/b", &["content", "verify-backup", "b"]),
    ] {
        let (closed, before) = (backups.join(closed), below(&backups));
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o500)).unwrap();
        let answer = room.run(args).failed().hiding(r"\.new-c-\d+", ".new-c-[pid]");
        said += &format!("{answer}\n");
        assert_eq!(below(&backups), before);
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
    }
    insta::assert_snapshot!(said, @r"
    --- stderr
    error: making the folder [room]/backups/main/.new-c-[pid]: Permission denied (os error 13)
    hint: run as the user who created the instances, or correct the permissions
    [exit 1]
    --- stderr
    error: writing [room]/backups/main/schedule.json: permission denied
    hint: run as the user who created the instances, or correct the permissions
    [exit 1]
    --- stderr
    error: writing [room]/backups/main/b/metadata.json: permission denied
    hint: run as the user who created the instances, or correct the permissions
    [exit 1]
    ");
    room.run(["content", "verify-backup", "b"]).done();
}

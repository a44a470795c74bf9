//! Users: an ordinary one, the servers' own, and folders that they cannot reach.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::PathBuf;

use crate::faults::places::locked_resource;
use crate::support::{Room, is_root};

#[test]
fn an_ordinary_user_clones_too() {
    let room = Room::of_nobody();
    room.run(["up"]).done();
    room.run(["content", "execute", "CREATE TABLE t AS SELECT 1 AS a"]).done();
    room.run(["content", "clone", "main", "copy"]).done();
    assert_eq!(room.value("copy", "SELECT a FROM t"), "1");
}

#[test]
fn the_wal_of_an_ordinary_user_is_archived_beside_the_backups() {
    let mut room = Room::of_nobody();
    room.unset("POSTGRES_WAL_DIR");
    let backups = room.path().join("backups");
    room.set("POSTGRES_BACKUP_DIR", &backups.display().to_string());
    room.run(["up"]).done();
    let begun = room.run(["content", "backup", "enable-pitr", "--yes"]).done();
    assert!(begun.to_string().starts_with("main: archived in [room]/backups/main/wal/"), "{begun}");
    room.run(["content", "restore", "--to", "latest", "--into", "copy"]).done();
    let listed = room.run(["content", "list-backups", "--format", "json"]).done().json();
    assert_eq!(listed["backups"].as_array().unwrap().len(), 1, "{listed}");
    let archives: Vec<_> = fs::read_dir(backups.join("main/wal")).unwrap().flatten().collect();
    let files = fs::read_dir(archives[0].path()).unwrap().flatten().map(|it| (it.path(), 0o600));
    for (path, mode) in files.chain([(archives[0].path(), 0o700), (backups.join("main/wal"), 0o700)]) {
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, mode, "{}", path.display());
    }
}

#[test]
fn an_ordinary_user_needs_nobody_elses_help() {
    let room = Room::of_nobody();
    room.run(["up"]).done();
    room.run(["content", "execute", "CREATE TABLE kept AS SELECT 42 AS answer"]).done();
    assert_eq!(room.value("main", "SELECT answer FROM kept"), "42");
    room.run(["status"]).done();
    room.run(["manage", "restart"]).done();
    room.run(["manage", "stop"]).done();
    assert_eq!(fs::metadata(room.data("main")).unwrap().uid(), fs::metadata(room.path()).unwrap().uid());
}

#[test]
fn below_a_folder_that_the_servers_user_cannot_enter_root_keeps_instances_elsewhere_and_says_so() {
    if !is_root() {
        println!("skipped: only root's servers run as another user");
        return;
    }
    let mut room = Room::new();
    room.unset("POSTGRES_INSTANCES_DIR");
    room.set("POSTGRES_RESOURCE_DIR", &locked_resource(&room).display().to_string());
    // Without programs nothing is made there: the folder is a real one.
    room.set("POSTGRES_BIN_DIR", "/nowhere");
    insta::assert_snapshot!(room.run(["up"]).failed(), @"
    --- stderr
    instances are kept in /var/lib/vrooli/postgres/instances, since user `postgres` cannot reach [room]/locked/resource/instances
    error: no PostgreSQL programs were found
    hint: POSTGRES_BIN_DIR is /nowhere, which must hold them where the server's user can reach them
    [exit 1]
    ");
    let help = room.run(["help"]).done().stdout;
    assert!(help.contains("in /var/lib/vrooli/postgres/instances\n"), "{help}");
}

#[test]
fn a_record_that_may_not_be_read_is_named() {
    let room = Room::of_nobody();
    room.run(["manage", "install"]).done();
    let record = room.instance("main").join("config/instance.conf");
    fs::set_permissions(&record, fs::Permissions::from_mode(0o000)).unwrap();
    insta::assert_snapshot!(room.run(["status", "main"]).failed(), @"
    --- stderr
    error: reading [room]/instances/main/config/instance.conf: Permission denied (os error 13)
    hint: run as the user who created the instances, or correct the permissions
    [exit 1]
    ");
    insta::assert_snapshot!(room.run(["up"]).failed(), @"
    --- stderr
    error: reading [room]/instances/main/config/instance.conf: Permission denied (os error 13)
    hint: run as the user who created the instances, or correct the permissions
    [exit 1]
    ");
}

#[test]
fn a_folder_that_nothing_can_be_written_to_is_said() {
    let mut room = Room::of_nobody();
    let parent = room.path().join("locked");
    fs::create_dir(&parent).unwrap();
    fs::set_permissions(&parent, fs::Permissions::from_mode(0o555)).unwrap();
    room.set("POSTGRES_INSTANCES_DIR", &parent.display().to_string());
    insta::assert_snapshot!(room.run(["up"]).failed(), @"
    --- stderr
    error: making the folder [room]/locked/.locks: Permission denied (os error 13)
    hint: run as the user who created the instances, or correct the permissions
    [exit 1]
    ");
    room.set("POSTGRES_INSTANCES_DIR", &parent.join("below/instances").display().to_string());
    insta::assert_snapshot!(room.run(["content", "create-instance", "shop"]).failed(), @"
    --- stderr
    error: making the folder [room]/locked/below: Permission denied (os error 13)
    hint: run as the user who created the instances, or correct the permissions
    [exit 1]
    ");
    room.set("POSTGRES_INSTANCES_DIR", &room.file("file", ""));
    insta::assert_snapshot!(room.run(["up"]).failed(), @"
    --- stderr
    error: making the folder [room]/file: File exists (os error 17)
    hint: a file and a folder are in each other's place: move it away, or choose another folder
    [exit 1]
    ");
    room.unset("POSTGRES_INSTANCES_DIR");
    room.set("POSTGRES_INSTANCES_DIR", &room.instances().display().to_string());
    room.set("POSTGRES_CACHE_DIR", &parent.join("seeds").display().to_string());
    insta::assert_snapshot!(room.run(["up"]).failed(), @"
    --- stderr
    error: making the folder [room]/locked/seeds: Permission denied (os error 13)
    hint: run as the user who created the instances, or correct the permissions
    [exit 1]
    ");
    assert!(!room.instance("main").exists());
}

#[test]
fn a_mistyped_server_user_does_not_install_anything() {
    if !is_root() {
        println!("skipped: only root's servers run as another user");
        return;
    }
    let mut room = Room::new();
    // Takes the place of the machine's package manager.
    let installer = room.file("apt-get", "#!/bin/sh\n: >\"$0.ran\"\n");
    fs::set_permissions(&installer, fs::Permissions::from_mode(0o755)).unwrap();
    room.set("PATH", &format!("{}:/usr/bin:/bin", room.path().display()));
    room.set("POSTGRES_OS_USER", "no-such-user");
    insta::assert_snapshot!(room.run(["up"]).failed(), @"
    --- stderr
    error: PostgreSQL does not run as root, and there is no user `no-such-user` to run it as
    hint: `useradd --system no-such-user` makes it, or name another in POSTGRES_OS_USER
    [exit 1]
    ");
    assert!(!PathBuf::from(format!("{installer}.ran")).exists());
}

#[test]
fn a_file_that_may_not_be_read_fails_with_what_to_do() {
    let room = Room::of_nobody();
    room.run(["up"]).done();
    let file = room.file("s.sql", "SELECT 1");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o0)).unwrap();
    for command in ["add", "execute"] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(room.run(["content", command, "--file", &file]).failed(), @"
            --- stderr
            error: reading [room]/s.sql: Permission denied (os error 13)
            hint: run as the user who created the instances, or correct the permissions
            [exit 1]
            ");
        }
    }
}

//! Programs: those that are missing, slow, or tell what they are given.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use crate::faults::secrets::files_with;
use crate::support::{Room, eventually};

#[test]
fn install_without_programs_fails_and_leaves_nothing_behind() {
    let mut room = Room::new();
    room.set("POSTGRES_BIN_DIR", &room.path().join("empty").display().to_string());
    let answer = room.run(["manage", "install"]).meets("manage.install.exit_codes.1").failed();
    insta::assert_snapshot!(answer, @"
    --- stderr
    error: no PostgreSQL programs were found
    hint: POSTGRES_BIN_DIR is [room]/empty, which must hold them where the server's user can reach them
    [exit 1]
    ");
    assert!(!room.instance("main").exists());
}

#[test]
fn a_server_that_takes_longer_than_its_time_is_left_to_come_up_by_itself() {
    let mut room = Room::new();
    room.run(["manage", "install"]).done();
    room.set("POSTGRES_BIN_DIR", &room.slow_programs("1.3").display().to_string());
    insta::assert_snapshot!(room.run(["manage", "start", "--wait", "--timeout", "1"]).failed(), @"
    --- stderr
    error: instance `main` did not answer within 1 s: its server does not accept connections yet
    hint: it may still come up: `resource-postgres status main`
    [exit 1]
    ");
    eventually("the server comes up", || room.state("main") == "running");
    room.run(["manage", "start"]).skipped();

    room.run(["manage", "stop"]).done();
    insta::assert_snapshot!(room.run(["manage", "start", "--timeout", "1"]).done(), @"
    --- stderr
    `main` was started and is not ready yet: its server does not accept connections yet
    [exit 0]
    ");
    insta::assert_snapshot!(room.run(["manage", "start", "--wait"]).done(), @"
    --- stderr
    `main` is running on port 5433
    [exit 0]
    ");
}

/// Programs that write down what they are given before they become PostgreSQL's own.
fn tapped_programs(room: &Room) -> (PathBuf, PathBuf) {
    let (bin, given) = (room.path().join("bin"), room.path().join("given"));
    fs::create_dir(&bin).unwrap();
    fs::write(&given, "").unwrap();
    fs::set_permissions(&given, fs::Permissions::from_mode(0o666)).unwrap();
    let real = room.run(["programs"]).done().stdout;
    let real = real.trim().rsplit_once(" in ").unwrap().1.to_owned();
    for program in ["postgres", "initdb"] {
        let tap = format!(
            "#!/bin/sh\n{{ echo {program} \"$@\"; env; }} >>{}\nexec {real}/{program} \"$@\"\n",
            given.display()
        );
        fs::write(bin.join(program), tap).unwrap();
        fs::set_permissions(bin.join(program), fs::Permissions::from_mode(0o755)).unwrap();
    }
    (bin, given)
}

#[test]
fn a_password_given_in_the_environment_is_not_handed_on_to_any_program() {
    let mut room = Room::new();
    let (bin, given) = tapped_programs(&room);
    room.set("PATH", &format!("{}:/usr/bin:/bin", bin.display()));
    room.set("POSTGRES_CACHE_DIR", &room.path().join("seeds").display().to_string());
    room.set("POSTGRES_PASSWORD", "GivenByTheUser1");
    room.run(["programs"]).done();
    room.set("POSTGRES_BIN_DIR", &bin.display().to_string());
    room.run(["up"]).done();
    room.run(["manage", "restart"]).done();
    let given = fs::read_to_string(given).unwrap();
    for program in ["postgres --version", "initdb -D", "postgres --single", "postgres -D"] {
        assert!(given.contains(program), "{program} was not run: {given}");
    }
    assert!(!given.contains("GivenByTheUser1"), "{given}");
    assert_eq!(room.recorded("main", "password"), "GivenByTheUser1");
    assert_eq!(files_with("GivenByTheUser1", room.path()), "");
}

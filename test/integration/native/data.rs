//! Owners and modes of data directories, on which PostgreSQL insists.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::process::Command;

use crate::faults::data::{assert_starts_with_its_row, stopped};
use crate::faults::{complaint, files_below};
use crate::support::is_root;

/// Runs the command that the hint names between backticks.
fn do_as_told(hint: &str) {
    let command = hint.split('`').nth(1).unwrap();
    assert!(Command::new("sh").args(["-c", command]).status().unwrap().success(), "{command}");
}

#[test]
fn a_data_directory_with_a_wrong_mode_is_refused_with_the_command_that_mends_it() {
    let room = stopped();
    let mut said = String::new();
    for mode in [0o777, 0o755, 0o500] {
        fs::set_permissions(room.data("main"), fs::Permissions::from_mode(mode)).unwrap();
        let answer = room.run(["manage", "start", "--wait"]);
        said += &format!("{answer}\n");
        do_as_told(&complaint(answer).1);
        assert_starts_with_its_row(&room);
        room.run(["manage", "stop"]).done();
    }
    insta::assert_snapshot!(said, @"
    --- stderr
    error: the data directory of instance `main`, [room]/instances/main/data, cannot be used: its mode 0777 lets others in
    hint: `chmod 0700 [room]/instances/main/data`
    [exit 1]
    --- stderr
    error: the data directory of instance `main`, [room]/instances/main/data, cannot be used: its mode 0755 lets others in
    hint: `chmod 0700 [room]/instances/main/data`
    [exit 1]
    --- stderr
    error: the data directory of instance `main`, [room]/instances/main/data, cannot be used: its mode 0500 keeps its owner out
    hint: `chmod 0700 [room]/instances/main/data`
    [exit 1]
    ");
}

#[test]
fn a_data_directory_of_another_owner_is_refused_with_the_command_that_mends_it() {
    if !is_root() {
        println!("skipped: only root can give files away");
        return;
    }
    let room = stopped();
    for path in files_below(&room.data("main")).into_keys().chain([room.data("main")]) {
        chown(path, Some(65534), Some(65534)).unwrap();
    }
    let answer = room.run(["manage", "start", "--wait"]);
    insta::assert_snapshot!(answer, @"
    --- stderr
    error: the data directory of instance `main`, [room]/instances/main/data, cannot be used: it belongs to uid 65534, and the server runs as `postgres`
    hint: if no other server uses it: `chown -R postgres [room]/instances/main/data`
    [exit 1]
    ");
    do_as_told(&complaint(answer).1);
    assert_starts_with_its_row(&room);
}

#[test]
fn a_folder_that_the_servers_user_cannot_enter_is_refused_with_the_command_that_mends_it() {
    if !is_root() {
        println!("skipped: only root's servers run as another user");
        return;
    }
    let room = stopped();
    fs::set_permissions(room.instances(), fs::Permissions::from_mode(0o700)).unwrap();
    let answer = room.run(["manage", "start", "--wait"]);
    insta::assert_snapshot!(answer, @"
    --- stderr
    error: the data directory of instance `main`, [room]/instances/main/data, cannot be used: the server runs as `postgres`, who cannot enter [room]/instances
    hint: `chmod o+x [room]/instances`
    [exit 1]
    ");
    do_as_told(&complaint(answer).1);
    assert_starts_with_its_row(&room);
}

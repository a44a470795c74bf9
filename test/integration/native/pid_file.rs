//! Pid files prove nothing: whatever stands in one, no stranger is signalled and the truth is told.

use std::fs;

use super::stranger::{Stranger, is_alive};
use crate::support::{Room, eventually, kill};

/// Commands that end servers.
const ENDERS: [&[&str]; 4] = [
    &["manage", "stop"],
    &["manage", "stop", "--force"],
    &["manage", "restart"],
    &["manage", "restart", "--force"],
];

#[test]
fn no_pid_file_keeps_a_server_from_starting_or_makes_it_seem_to_run() {
    let room = Room::up();
    let stranger = Stranger::of(&room, "main");
    let pid_file = room.data("main").join("postmaster.pid");
    let stale = fs::read_to_string(&pid_file).unwrap();
    let recycled = stale.replacen(&room.pid("main").to_string(), &stranger.pid().to_string(), 1);
    for text in [stale.as_str(), "", "\0no pid\n", &recycled] {
        kill(room.pid("main"), "KILL");
        eventually("the server is gone", || room.state("main") == "crashed");
        fs::write(&pid_file, text).unwrap();
        assert_eq!(room.state("main"), "crashed", "{text:?}");
        room.run(["manage", "stop"]).skipped();
        room.run(["manage", "stop", "--force"]).skipped();
        room.run(["manage", "start", "--wait"]).done();
        assert_eq!(room.state("main"), "running", "{text:?}");
    }
    assert!(stranger.lives());
}

#[test]
fn a_recycled_pid_is_never_signalled() {
    let room = Room::up();
    let stranger = Stranger::of(&room, "main");
    let pid_file = room.data("main").join("postmaster.pid");
    for command in ENDERS {
        fs::write(&pid_file, format!("{}\n", stranger.pid())).unwrap();
        room.run(command);
        assert!(stranger.lives(), "{command:?}");
    }
    room.run(["manage", "stop"]).done();
    fs::write(&pid_file, format!("{}\n", stranger.pid())).unwrap();
    room.run(["manage", "uninstall", "--force"]).done();
    assert!(stranger.lives());
}

#[test]
fn a_program_that_works_in_the_data_directory_is_not_taken_for_its_server() {
    let room = Room::up();
    let editor = Stranger::editing(&room, "main");
    room.run(["manage", "stop", "--force"]).done();
    assert_eq!(room.state("main"), "stopped");
    room.run(["manage", "stop", "--force"]).skipped();
    room.run(["manage", "start", "--wait"]).done();
    room.run(["manage", "restart", "--force"]).done();
    room.run(["manage", "uninstall", "--force"]).done();
    assert!(editor.lives());
}

#[test]
fn a_server_whose_pid_file_is_lost_is_found_all_the_same() {
    let room = Room::up();
    let (server, pid_file) = (room.pid("main"), room.data("main").join("postmaster.pid"));
    let stranger = Stranger::of(&room, "main");
    for text in [None, Some(String::new()), Some(format!("{}\n", stranger.pid()))] {
        match &text {
            None => fs::remove_file(&pid_file).unwrap(),
            Some(text) => fs::write(&pid_file, text).unwrap(),
        }
        assert_eq!(room.state("main"), "running", "{text:?}");
        room.run(["manage", "start"]).skipped();
    }
    room.run(["manage", "stop"]).done();
    // Its parent may take a moment to see that it has ended.
    eventually("the server is gone", || !is_alive(server));
    assert!(stranger.lives());
    room.run(["manage", "start", "--wait"]).done();
}

#[test]
fn a_recycled_pid_in_the_lock_of_a_stale_socket_does_not_keep_a_server_from_starting() {
    let room = Room::up();
    let stranger = Stranger::of(&room, "main");
    kill(room.pid("main"), "KILL");
    eventually("the server is gone", || room.state("main") == "crashed");
    let lock = room.instance("main").join(format!("run/.s.PGSQL.{}.lock", room.port));
    let text = fs::read_to_string(&lock).unwrap();
    let (_, rest) = text.split_once('\n').unwrap();
    fs::write(&lock, format!("{}\n{rest}", stranger.pid())).unwrap();
    room.run(["manage", "start", "--wait"]).done();
    assert!(stranger.lives());
}

//! Two commands at once on one instance: each ends with a code that makes sense, and the instance is whole after.

use crate::support::{Answer, Room};

/// Runs both commands at once and answers what they ended with, in order.
fn at_once(room: &Room, first: &[&str], second: &[&str]) -> (Answer, Answer) {
    let (first, second) = (room.spawn(first), room.spawn(second));
    (room.wait(first), room.wait(second))
}

/// The codes of both, smaller one first.
fn codes((first, second): &(Answer, Answer)) -> [i32; 2] {
    let mut codes = [first.code.unwrap(), second.code.unwrap()];
    codes.sort_unstable();
    codes
}

fn assert_whole(room: &Room) {
    room.run(["up"]).done();
    assert_eq!(room.value("main", "SELECT answer FROM kept"), "42");
    room.run(["status"]).done();
}

fn with_a_row() -> Room {
    let room = Room::up();
    room.run(["content", "execute", "CREATE TABLE kept AS SELECT 42 AS answer"]).done();
    room
}

#[test]
fn of_two_starts_one_starts_and_the_other_finds_it_running() {
    let room = with_a_row();
    room.run(["manage", "stop"]).done();
    let both = at_once(&room, &["manage", "start", "--wait"], &["manage", "start", "--wait"]);
    assert_eq!(codes(&both), [0, 2], "{both:?}");
    assert_whole(&room);
}

#[test]
fn of_two_stops_one_stops_and_the_other_finds_it_stopped() {
    let room = with_a_row();
    let both = at_once(&room, &["manage", "stop"], &["manage", "stop"]);
    assert_eq!(codes(&both), [0, 2], "{both:?}");
    assert_whole(&room);
}

#[test]
fn a_stop_and_a_start_happen_one_after_the_other() {
    let room = with_a_row();
    for _ in 0..3 {
        let both = at_once(&room, &["manage", "stop"], &["manage", "start", "--wait"]);
        // The start came second, or it came first and found the server running.
        let started = room.state("main") == "running";
        assert_eq!(codes(&both), if started { [0, 0] } else { [0, 2] }, "{both:?}");
        assert_whole(&room);
    }
}

#[test]
fn two_restarts_happen_one_after_the_other() {
    let room = with_a_row();
    for force in [&[][..], &["--force"]] {
        let restart = [&["manage", "restart"], force].concat();
        let both = at_once(&room, &restart, &restart);
        assert_eq!(codes(&both), [0, 0], "{both:?}");
        assert_eq!(room.value("main", "SELECT answer FROM kept"), "42");
    }
}

#[test]
fn of_two_installs_one_installs_and_the_other_is_skipped() {
    let room = Room::new();
    let both = at_once(&room, &["manage", "install"], &["manage", "install"]);
    assert_eq!(codes(&both), [0, 2], "{both:?}");
    room.run(["manage", "start", "--wait"]).done();
}

#[test]
fn two_ups_are_both_done() {
    let room = Room::new();
    let both = at_once(&room, &["up"], &["up"]);
    assert_eq!(codes(&both), [0, 0], "{both:?}");
    room.run(["status"]).done();
}

#[test]
fn an_uninstall_and_a_start_leave_the_instance_whole_or_gone() {
    for start in [&["manage", "start", "--wait"][..], &["up"]] {
        let room = Room::up();
        room.run(["manage", "stop"]).done();
        let (uninstalled, started) = at_once(&room, &["manage", "uninstall", "--force"], start);
        assert_eq!(uninstalled.code, Some(0), "{uninstalled:?}");
        match started.code {
            Some(0) => assert!(["running", "gone"].contains(&state_or_gone(&room).as_str())),
            // `up` asks once more after it has let go of the lock, and may find that its server was taken away.
            _ => assert!(
                ["there is no instance `main`", "its process is gone"]
                    .iter()
                    .any(|it| started.stderr.contains(it)),
                "{started:?}"
            ),
        }
        room.run(["up"]).done();
        room.run(["status"]).done();
    }
}

fn state_or_gone(room: &Room) -> String {
    if room.instance("main").exists() { room.state("main") } else { "gone".to_owned() }
}

//! A clean room: what runs in it is bounded, and nothing of it is left.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use resource_postgres::room::run::{Bounds, Ended, Ran, Sweep};
use resource_postgres::room::{Room, Stop};

fn room() -> Room {
    room_with(Stop::default())
}

fn room_with(stop: Stop) -> Room {
    let path: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH").unwrap()).collect();
    Room::new(Path::new("/"), &path, stop).unwrap()
}

fn seconds(count: u64) -> Bounds {
    Bounds::reading(Duration::from_secs(count))
}

fn bash(room: &Room, script: &str, bounds: &Bounds) -> Ran {
    room.run(Path::new("/bin/bash"), &["-c", script], bounds)
}

#[test]
fn a_program_gets_nothing_of_this_environment_but_its_path() {
    let ran =
        bash(&room(), "env | cut -d= -f1 | sort | tr '\\n' ' '; read -r line; echo \"$line-\"", &seconds(5));
    assert_eq!(ran.stdout, "HOME LANG PATH PWD SHLVL TERM TMPDIR _ -\n");
    assert_eq!((ran.ended, ran.stderr.as_str()), (Ended::Code(0), ""));
}

#[test]
fn a_code_a_signal_and_what_cannot_be_run_are_told_apart() {
    let room = room();
    assert_eq!(bash(&room, "exit 7", &seconds(5)).ended, Ended::Code(7));
    assert_eq!(bash(&room, "kill -TERM $$", &seconds(5)).ended, Ended::Signal(15));
    let ran = room.run(Path::new("/no/such/program"), &[], &seconds(5));
    assert!(matches!(ran.ended, Ended::Unstarted(_)), "{ran:?}");
}

#[test]
fn what_never_ends_is_killed_whole_at_its_deadline() {
    let (room, begun) = (room(), Instant::now());
    let ran = bash(&room, "trap '' TERM INT HUP; echo begun; sleep 60 & sleep 60", &seconds(1));
    assert_eq!((ran.ended, ran.stdout.as_str()), (Ended::OutOfTime, "begun\n"));
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert_eq!(room.inhabitants(), []);
}

#[test]
fn output_without_end_is_cut_off() {
    let room = room();
    for script in ["yes", "yes >&2"] {
        let begun = Instant::now();
        let ran = bash(&room, script, &seconds(30));
        assert_eq!(ran.ended, Ended::Overflow);
        assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
        assert!(ran.stdout.len() + ran.stderr.len() < 16 << 20);
    }
}

#[test]
fn a_fork_bomb_is_ended_and_nothing_of_it_is_left() {
    for bomb in [
        "f() { f | f & }; f; sleep 60",
        "f() { setsid bash -c 'sleep 30' & }; while :; do f; sleep 0.001; done",
    ] {
        let (room, begun) = (room(), Instant::now());
        let ran = bash(&room, bomb, &seconds(30));
        assert_eq!(ran.ended, Ended::Crowd, "{bomb}");
        assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
        assert_eq!(room.inhabitants(), [], "{bomb}");
    }
}

#[test]
fn what_takes_too_much_memory_is_killed() {
    let bounds = Bounds { memory_bytes: 64 << 20, ..seconds(20) };
    let ran = bash(&room(), "it=$(head -c 200000000 /dev/zero | tr '\\0' x); sleep 20", &bounds);
    assert_eq!(ran.ended, Ended::Glut);
}

#[test]
fn a_file_of_what_only_reads_cannot_grow_without_end() {
    let bounds = Bounds { file_bytes: Some(1 << 20), ..seconds(10) };
    let ran = bash(
        &room(),
        "sleep 0.1; head -c 5000000 /dev/zero >\"$TMPDIR/large\"; wc -c <\"$TMPDIR/large\"",
        &bounds,
    );
    assert_eq!(ran.stdout.trim(), "1048576");
}

#[test]
fn what_has_gone_far_away_is_found_and_killed() {
    let room = room();
    let script = "cd /; setsid nohup sleep 60 </dev/null >/dev/null 2>&1 & disown; exit 0";
    assert_eq!(bash(&room, script, &Bounds { sweep: Sweep::Nothing, ..seconds(5) }).ended, Ended::Code(0));
    // On its way it is `setsid` and `nohup` for a moment.
    let begun = Instant::now();
    let found = || room.inhabitants().into_iter().map(|it| it.command).collect::<Vec<String>>();
    while found() != ["sleep 60"] {
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", found());
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(bash(&room, "exit 0", &seconds(5)).ended, Ended::Code(0));
    assert_eq!(room.inhabitants(), []);
}

#[test]
fn a_service_that_holds_its_output_open_keeps_nobody_waiting() {
    let (room, begun) = (room(), Instant::now());
    let bounds = Bounds::living(Duration::from_secs(30));
    let ran = bash(&room, "sleep 60 & echo started", &bounds);
    assert_eq!((ran.ended, ran.stdout.as_str()), (Ended::Code(0), "started\n"));
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert_eq!(room.inhabitants().len(), 1, "what was started lives on");
    assert_eq!(room.clear(), []);
}

#[test]
fn everything_ends_when_that_is_asked() {
    let stop = Stop::default();
    let (room, begun) = (room_with(stop.clone()), Instant::now());
    let ran = std::thread::scope(|scope| {
        let running = scope.spawn(|| bash(&room, "sleep 60", &seconds(60)));
        std::thread::sleep(Duration::from_millis(200));
        stop.stop();
        running.join().unwrap()
    });
    assert_eq!(ran.ended, Ended::Stopped);
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_room_that_is_left_is_empty_and_gone() {
    let room = room();
    let dir = room.dir().to_owned();
    bash(&room, "sleep 61 </dev/null >/dev/null 2>&1 & exit 0", &Bounds::living(Duration::from_secs(5)));
    let pid = room.inhabitants()[0].pid;
    drop(room);
    assert!(!dir.exists());
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    assert!(stat.is_empty() || stat.contains(") Z "), "{stat}");
}

//! Creations that are killed: nobody takes a half instance for a whole one, and the next command finishes it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::content::backups::killed;
use crate::content::{clone, migrate, upgrade};
use crate::support::{Room, eventually, pids_below, tried};

/// Every point of a creation at which a debug build can be told to kill itself.
pub const STEPS: [&str; 7] = ["recorded", "copied", "configured", "spawned", "booted", "secured", "finished"];

/// Steps that leave no data, data with a server that has no password yet, and one that has it.
const FEW: [&str; 3] = ["recorded", "booted", "secured"];

/// Creates an instance with a command that is killed at the step.
fn killed_at(step: &str, command: &[&str]) -> Room {
    let mut room = Room::new();
    room.set("RESOURCE_POSTGRES_KILL_AT", step);
    let answer = room.run(command);
    assert_eq!(answer.code, None, "{step}: {answer}");
    room.unset("RESOURCE_POSTGRES_KILL_AT");
    room
}

/// It is healthy only if it is whole: at the last step it is.
fn assert_not_taken_for_whole(room: &Room, step: &str) {
    let report = room.run(["content", "list-instances", "--format", "json"]).done().json();
    assert_eq!(report["instances"][0]["healthy"], step == "finished", "{step}: {report}");
}

fn assert_whole(room: &Room, name: &str) {
    room.run(["content", "execute", "--instance", name, "CREATE TABLE kept AS SELECT 42 AS answer"]).done();
    assert_eq!(room.value(name, "SELECT answer FROM kept"), "42");
    room.run(["status", name]).done();
    assert_eq!(names_in(&room.instance(name)), ["config", "content", "data", "log", "run"]);
    assert_eq!(names_in(&room.instance(name).join("config")), ["instance.conf", "postgresql.conf"]);
}

fn names_in(dir: &Path) -> Vec<String> {
    let names = fs::read_dir(dir).unwrap().flatten().map(|it| it.file_name().into_string().unwrap());
    names.collect::<BTreeSet<_>>().into_iter().collect()
}

#[test]
fn every_step_of_the_source_is_tried_below() {
    let mut found = BTreeSet::new();
    let mut dirs = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(dir) = dirs.pop() {
        for path in fs::read_dir(dir).unwrap().map(|it| it.unwrap().path()) {
            match path.is_dir() {
                true => dirs.push(path),
                false => found.extend(steps_in(&fs::read_to_string(path).unwrap())),
            }
        }
    }
    let tried = STEPS.into_iter().chain(clone::STEPS).chain(killed::steps()).chain(upgrade::steps());
    let tried = tried.chain(migrate::killed::STEPS);
    assert_eq!(found, tried.map(str::to_owned).collect());
}

fn steps_in(source: &str) -> Vec<String> {
    let calls = source.split("ctx.step(\"").skip(1);
    calls.map(|it| it.split('"').next().unwrap().to_owned()).collect()
}

#[test]
fn the_next_creation_finishes_a_killed_one() {
    for step in STEPS {
        let create = ["content", "create-instance", "shop", "--template", "minimal"];
        let room = killed_at(step, &create);
        assert_not_taken_for_whole(&room, step);
        room.run(create).done();
        assert_whole(&room, "shop");
    }
}

#[test]
fn a_start_finishes_a_killed_creation() {
    for step in FEW {
        let room = killed_at(step, &["content", "create-instance", "shop", "--template", "minimal"]);
        room.run(["manage", "start", "--wait", "--instance", "shop"]).done();
        assert_whole(&room, "shop");
    }
}

#[test]
fn the_next_up_finishes_a_killed_one() {
    for step in FEW {
        let room = killed_at(step, &["up"]);
        assert_not_taken_for_whole(&room, step);
        room.run(["up"]).done();
        assert_whole(&room, "main");
    }
}

#[test]
fn nothing_can_be_written_to_an_instance_that_its_next_command_makes_anew() {
    let room = killed_at("secured", &["content", "create-instance", "shop", "--template", "minimal"]);
    let write = ["content", "execute", "--instance", "shop", "CREATE TABLE t AS SELECT 1"];
    insta::assert_snapshot!(room.run(write).failed(), @"
    --- stderr
    error: instance `shop` is unfinished: its creation was interrupted, or is still going on
    hint: `resource-postgres start --instance shop` starts it
    [exit 1]
    ");
    room.run(["start", "--instance", "shop"]).done();
    room.run(write).done();
}

#[test]
fn a_removal_rolls_a_killed_creation_back() {
    for step in tried(&STEPS, &FEW) {
        let room = killed_at(step, &["content", "create-instance", "shop", "--template", "minimal"]);
        room.run(["content", "remove", "--name", "shop", "--force"]).done();
        assert!(!room.instance("shop").exists(), "{step}");
        assert!(pids_below(&room.instances()).is_empty(), "{step}");
        assert_eq!(room.run(["content", "list-instances"]).done().stdout, "no instances\n");
    }
}

#[test]
fn a_start_that_was_killed_when_its_server_had_just_been_started_is_gone_on_with() {
    let mut room = Room::up();
    room.run(["manage", "stop"]).done();
    room.set("RESOURCE_POSTGRES_KILL_AT", "spawned");
    assert_eq!(room.run(["manage", "start", "--wait"]).code, None);
    room.unset("RESOURCE_POSTGRES_KILL_AT");
    let answer = room.run(["manage", "start", "--wait"]);
    assert!([Some(0), Some(2)].contains(&answer.code), "{answer}");
    assert_whole(&room, "main");
}

#[test]
fn a_creation_killed_at_any_moment_is_finished_by_the_next_one() {
    let room = Room::new();
    let create = ["content", "create-instance", "shop", "--template", "minimal"];
    let remove = ["content", "remove", "--name", "shop", "--force"];
    let begun = Instant::now();
    room.run(create).done();
    let whole = begun.elapsed();
    for tenth in 1..=10 {
        room.run(remove).done();
        let mut child = room.spawn(create);
        std::thread::sleep(whole * tenth / 10);
        child.kill().unwrap();
        child.wait().unwrap();
        room.run(create).done();
        assert_whole(&room, "shop");
    }
}

#[test]
fn a_removal_killed_at_any_moment_does_not_keep_the_name_from_being_used() {
    let room = Room::new();
    let create = ["content", "create-instance", "shop", "--template", "minimal"];
    let remove = ["content", "remove", "--name", "shop", "--force"];
    room.run(create).done();
    let begun = Instant::now();
    room.run(remove).done();
    let whole = begun.elapsed();
    for eighth in 3..=8 {
        room.run(create).done();
        let mut child = room.spawn(remove);
        std::thread::sleep(whole * eighth / 8);
        child.kill().unwrap();
        child.wait().unwrap();
    }
    room.run(create).done();
    room.run(["manage", "start", "--wait", "--instance", "shop"]);
    assert_whole(&room, "shop");
    room.run(remove).done();
    let left = names_in(&room.instances());
    assert_eq!(left, [".locks"], "nothing is left of what was half removed");
}

#[test]
fn a_seed_killed_while_it_is_made_leaves_nothing_behind_once_it_is_made() {
    let mut room = Room::new();
    let cache = room.path().join("seeds");
    room.set("POSTGRES_CACHE_DIR", &cache.display().to_string());
    for millis in [100, 300, 500] {
        let mut child = room.spawn(["up"]);
        std::thread::sleep(Duration::from_millis(millis));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    room.run(["up"]).done();
    assert_whole(&room, "main");
    let left = names_in(&cache);
    assert!(
        left.iter().all(|it| it.ends_with("lock") || it.starts_with("pg") || it.starts_with("image-")),
        "{left:?}"
    );
    let strays = || pids_below(&cache);
    eventually("what made the killed seeds is gone", || strays().is_empty());
}

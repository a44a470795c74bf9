//! Creations in containers: many at once, and killed at every step.

use std::collections::BTreeSet;

use crate::docker::room_or_skip;
use crate::faults::killed::STEPS;
use crate::support::Room;

fn create(name: &str) -> [&str; 5] {
    ["content", "create-instance", name, "--template", "minimal"]
}

/// Each is healthy on a port of its own, and its port leads to it.
fn assert_whole(room: &Room, names: &[&str]) {
    let report = room.run(["status", "--format", "json"]).done().json();
    let instances = report["instances"].as_array().unwrap();
    assert_eq!(instances.len(), names.len(), "{report}");
    assert!(instances.iter().all(|it| it["healthy"] == true && it["engine"] == "docker"), "{report}");
    let ports: BTreeSet<_> = instances.iter().map(|it| it["port"].as_u64()).collect();
    assert_eq!(ports.len(), names.len(), "{report}");
    for name in names {
        assert_eq!(room.value(name, "SHOW cluster_name"), *name);
    }
}

#[test]
fn ten_creations_at_once_finish_those_that_were_killed_before_and_lose_no_port() {
    let Some((mut room, _)) = room_or_skip() else { return };
    let killed = STEPS.map(|step| {
        room.set("RESOURCE_POSTGRES_KILL_AT", step);
        room.spawn(create(step))
    });
    for (child, step) in killed.into_iter().zip(STEPS) {
        assert_eq!(room.wait(child).code, None, "{step}");
    }
    room.unset("RESOURCE_POSTGRES_KILL_AT");
    let report = room.run(["content", "list-instances", "--format", "json"]).done().json();
    for instance in report["instances"].as_array().unwrap() {
        assert_eq!(instance["healthy"], instance["name"] == "finished", "{report}");
    }

    let names = [&STEPS[..], &["new", "newer", "newest"]].concat();
    let children: Vec<_> = names.iter().map(|it| room.spawn(create(it))).collect();
    for child in children {
        room.wait(child).done();
    }
    assert_whole(&room, &names);
}

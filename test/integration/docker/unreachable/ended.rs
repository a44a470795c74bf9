//! An engine that is stopped or killed while instances run, and comes back.

use std::fs;

use resource_postgres::runtime::Kind;

use super::{WRITES, is_refused, read, reads_say_so, tree, writes_are_refused};
use crate::logs::{follower, next};
use crate::support::container::prefix;
use crate::support::engine::PrivateEngine;
use crate::support::image::image;
use crate::support::{Room, kill};

/// A room with an instance `shop` that runs on an engine of its own, and holds a row.
fn room_on_its_own_engine() -> Option<(Room, PrivateEngine)> {
    let mut room = Room::on(Kind::Native);
    let engine = PrivateEngine::start_or_skip(&room.path().join("engine"))?;
    for (name, value) in [
        ("POSTGRES_RUNTIME", "docker"),
        ("DOCKER_HOST", &engine.host()),
        ("POSTGRES_IMAGE", &image(&engine.docker()).reference),
        ("POSTGRES_NETWORK", "rp-own"),
        ("POSTGRES_CONTAINER_PREFIX", &prefix(room.port)),
    ] {
        room.set(name, value);
    }
    room.run(["content", "create-instance", "shop"]).done();
    room.run(["content", "execute", "--instance", "shop", "CREATE TABLE kept AS SELECT 'a row' AS it"])
        .done();
    Some((room, engine))
}

/// The instance runs again, its row is there, and its state is told rightly.
fn is_back(room: &Room) {
    room.run(["start", "--instance", "shop"]).done();
    assert_eq!(room.value("shop", "SELECT it FROM kept"), "a row");
    assert_eq!(room.state("shop"), "running");
    read(room, &["logs", "shop"]).done();
}

#[test]
fn an_engine_that_was_stopped_leaves_its_instances_as_they_were_until_it_is_back() {
    let Some((room, mut engine)) = room_on_its_own_engine() else { return };
    engine.stop();
    let left = tree(&room);
    insta::assert_snapshot!(read(&room, &["status", "shop"]).ended(1), @"
    PostgreSQL: unhealthy
    ✅ Installed: Yes
    ❌ Running: unknown
    ❌ Healthy: No
    Health: shop: Docker engine unreachable at unix://[room]/engine/docker.sock: there is no such socket
    Port: 5433 (range 5433-5499)
    Endpoint: postgresql://localhost:5433/vrooli

    Instances: 1, running 0, healthy 0
    NAME  STATE        PORT  DATABASE  TEMPLATE     WHY
    shop  unreachable  5433  vrooli    development  Docker engine unreachable at unix://[room]/engine/docker.sock: there is no such socket
    [exit 1]
    ");
    reads_say_so(&room);
    writes_are_refused(&room);
    assert_eq!(tree(&room), left);
    engine.start();
    is_back(&room);
}

#[test]
fn an_engine_that_was_killed_under_its_instances_takes_no_committed_row_with_it() {
    let Some((room, mut engine)) = room_on_its_own_engine() else { return };
    let record = || fs::read(room.instance("shop").join("config/instance.conf")).unwrap();
    let before = record();
    engine.kill();
    reads_say_so(&room);
    // The server lives on, and whoever reaches it may use it.
    WRITES.iter().filter(|args| args[1] != "execute").for_each(|args| is_refused(&room, args));
    assert_eq!(record(), before);
    engine.start();
    assert_ne!(room.state("shop"), "unreachable");
    is_back(&room);
}

#[test]
fn a_log_is_followed_further_once_its_engine_is_back() {
    let Some((room, mut engine)) = room_on_its_own_engine() else { return };
    let (child, mut lines) = follower(&room, "shop");
    engine.stop();
    engine.start();
    room.run(["start", "--instance", "shop"]).done();
    while !next(&mut lines).contains("database system is shut down") {}
    while !next(&mut lines).contains("ready to accept connections") {}
    kill(i32::try_from(child.id()).unwrap(), "INT");
    insta::assert_snapshot!(room.wait(child), @"[exit 0]");
}

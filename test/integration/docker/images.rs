//! Images: fetched with progress, pinned by their digest, and refused in one line where they cannot be had.

use bollard::Docker;
use bollard::query_parameters::CreateImageOptionsBuilder;
use resource_postgres::runtime::Kind;
use serde_json::{Value, json};

use crate::docker::{inspect, is_there, room_or_skip};
use crate::support::docker::{docker_or_skip, finish, last};
use crate::support::engine::PrivateEngine;
use crate::support::image::{Image, image, variant};
use crate::support::registry::{Pushed, Registry};
use crate::support::{Answer, Room};

/// An image of a name that nobody listens for.
const UNREACHABLE: &str = "127.0.0.1:1/postgres:16";

/// An image like the others, but for what it says of itself.
fn relabeled(docker: &Docker) -> Image {
    let label = |config: &mut Value| config["config"]["Labels"]["resource-postgres-test"] = json!("moved");
    variant(docker, &image(docker), "moved", label)
}

/// An image for machines of another kind than the engine's.
fn foreign(docker: &Docker) -> Image {
    let other = if cfg!(target_arch = "aarch64") { "amd64" } else { "arm64" };
    variant(docker, &image(docker), "foreign", |config| config["architecture"] = json!(other))
}

fn digest(pushed: &Pushed) -> String {
    let repository = pushed.reference.rsplit_once(':').unwrap().0;
    format!("{repository}@{}", pushed.digest)
}

/// What an instance's container is made from.
fn image_of(docker: &Docker, room: &Room, instance: &str) -> Option<String> {
    inspect(docker, &room.container(instance)).config.unwrap().image
}

#[test]
fn an_instance_keeps_the_image_that_its_tag_meant_when_it_was_created() {
    let Some(docker) = docker_or_skip() else { return };
    let mut room = Room::on(Kind::Docker);
    let Some(registry) = Registry::start_or_skip(&room.path().join("registry")) else { return };
    let Some(engine) = PrivateEngine::start_or_skip(&room.path().join("engine")) else { return };
    let pushed = registry.push(&docker, &image(&docker), "test");
    room.set("DOCKER_HOST", &engine.host());
    room.set("POSTGRES_IMAGE", &pushed.reference);
    // A slow machine is told how far it has got every second.
    let answer = room.run(["manage", "install"]).done().hiding("(?m)^fetching .* 0 of 1 layers.*\n", "");
    let answer = answer.hiding(r"\S+ of \S+ MB", "[all] of [all] MB");
    insta::assert_snapshot!(named(answer, &pushed.reference), @"
    --- stderr
    image `postgres:16-alpine` is not here yet: fetching it
    fetching `postgres:16-alpine`: 1 of 1 layers, [all] of [all] MB
    `main` is created on port 5433 and has answered a query; it is stopped
    next: resource-postgres manage start
    [exit 0]
    ");
    assert_eq!(room.recorded("main", "digest"), digest(&pushed));

    let moved = registry.push(&docker, &relabeled(&docker), "test");
    let engine = engine.docker();
    let options = CreateImageOptionsBuilder::default().from_image(&moved.reference).build();
    finish(last(engine.create_image(Some(options), None, None))).unwrap();
    assert_ne!(moved.digest, pushed.digest);
    room.run(["manage", "restart"]).done();
    assert_eq!(room.recorded("main", "digest"), digest(&pushed));
    assert_eq!(image_of(&engine, &room, "main"), Some(digest(&pushed)));

    room.run(["content", "create-instance", "second"]).done();
    assert_eq!(room.recorded("second", "digest"), digest(&moved));
    assert_eq!(image_of(&engine, &room, "second"), Some(digest(&moved)));
    assert_eq!(room.value("second", "SELECT 42"), "42");

    room.run(["content", "execute", "CREATE TABLE kept AS SELECT 42 AS answer"]).done();
    let answer =
        room.run(["manage", "restart", "--latest-image"]).done().hiding(&registry.name(), "[registry]");
    insta::assert_snapshot!(answer.hiding(r"\S+ of \S+ layers, \S+ of \S+ MB", "[all]"), @"
    --- stderr
    asking what image `[registry]/postgres:test` means now
    fetching `[registry]/postgres:test`: [all]
    `main` is moved to [registry]/postgres:test ([registry]/postgres@[digest])
    `main` is running on port 5433
    [exit 0]
    ");
    assert_eq!(image_of(&engine, &room, "main"), Some(digest(&moved)));
    assert_eq!(room.value("main", "SELECT answer FROM kept"), "42");
}

/// An answer in which the image that was asked for has the name that it has by default.
fn named(answer: Answer, image: &str) -> Answer {
    answer.hiding(image, "postgres:16-alpine")
}

/// Nothing is left of an instance that could not be created.
fn assert_nothing_left(room: &Room, docker: &Docker) {
    assert!(!room.instance("main").exists());
    assert!(!is_there(docker, &room.container("main")));
}

#[test]
fn an_image_that_cannot_be_had_is_refused_in_one_line_and_leaves_nothing() {
    let Some((mut room, docker)) = room_or_skip() else { return };
    room.set("POSTGRES_IMAGE", UNREACHABLE);
    insta::assert_snapshot!(named(room.run(["manage", "install"]).failed(), UNREACHABLE), @r#"
    --- stderr
    image `postgres:16-alpine` is not here yet: fetching it
    error: image `postgres:16-alpine` cannot be used: Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused
    hint: name another in POSTGRES_IMAGE, fetch it on a machine that can and load it here, or use POSTGRES_RUNTIME=native
    [exit 1]
    "#);
    assert_nothing_left(&room, &docker);

    let Some(registry) = Registry::start_or_skip(&room.path().join("registry")) else { return };
    let unknown = format!("{}/postgres:99", registry.name());
    room.set("POSTGRES_IMAGE", &unknown);
    insta::assert_snapshot!(named(room.run(["up"]).failed(), &unknown), @"
    --- stderr
    image `postgres:16-alpine` is not here yet: fetching it
    error: image `postgres:16-alpine` cannot be used: manifest for postgres:16-alpine not found: manifest unknown: manifest unknown
    hint: name another in POSTGRES_IMAGE, fetch it on a machine that can and load it here, or use POSTGRES_RUNTIME=native
    [exit 1]
    ");
    assert_nothing_left(&room, &docker);
}

#[test]
fn an_image_for_other_machines_is_refused_in_one_line_and_leaves_nothing() {
    let Some((mut room, docker)) = room_or_skip() else { return };
    let foreign = foreign(&docker).reference;
    room.set("POSTGRES_IMAGE", &foreign);
    insta::assert_snapshot!(named(room.run(["manage", "install"]).failed(), &foreign), @"
    --- stderr
    error: image `postgres:16-alpine` cannot be used: it is made for arm64, and the engine runs on amd64
    hint: name another in POSTGRES_IMAGE, fetch it on a machine that can and load it here, or use POSTGRES_RUNTIME=native
    [exit 1]
    ");
    assert_nothing_left(&room, &docker);
}

#[test]
fn without_a_usable_image_a_new_instance_is_a_process_and_says_so() {
    let Some((mut room, docker)) = room_or_skip() else { return };
    room.set("POSTGRES_RUNTIME", "auto");
    room.set("POSTGRES_IMAGE", UNREACHABLE);
    insta::assert_snapshot!(named(room.run(["up"]).done(), UNREACHABLE), @r#"
    PostgreSQL [version] answers at
      postgresql://vrooli:********@127.0.0.1:5433/vrooli

    Next:
      resource-postgres content execute "SELECT version()"
      resource-postgres credentials --show-secrets
      resource-postgres status --verbose
    --- stderr
    image `postgres:16-alpine` is not here yet: fetching it
    running without Docker, as a process of this machine: image `postgres:16-alpine` cannot be used: Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused
    `main` is created and running on port 5433
    [exit 0]
    "#);
    assert_eq!(room.recorded("main", "engine"), "native");
    assert!(!is_there(&docker, &room.container("main")));

    let foreign = foreign(&docker).reference;
    room.set("POSTGRES_IMAGE", &foreign);
    let create = ["content", "create-instance", "second", "--template", "minimal"];
    insta::assert_snapshot!(named(room.run(create).done(), &foreign), @"
    --- stderr
    running without Docker, as a process of this machine: image `postgres:16-alpine` cannot be used: it is made for arm64, and the engine runs on amd64
    `second` is running on port 5434 and has answered a query
    [exit 0]
    ");
    assert_eq!(room.value("second", "SELECT 42"), "42");
    // It is asked for by no command any more.
    insta::assert_snapshot!(room.run(["manage", "restart"]).done(), @"
    --- stderr
    `main` is running on port 5433
    [exit 0]
    ");
}

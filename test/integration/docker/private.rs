//! An engine and a registry of a test's own, which every test of a fault believes.

use std::fs;
use std::net::TcpStream;
use std::path::Path;

use bollard::Docker;
use bollard::models::ContainerCreateBody;
use bollard::query_parameters::CreateImageOptionsBuilder;
use futures_util::StreamExt;

use crate::support::docker::{Container, docker_or_skip, finish, published};
use crate::support::engine::PrivateEngine;
use crate::support::image::image;
use crate::support::registry::Registry;
use crate::support::{Room, eventually};

/// A server with a published port.
fn serve(docker: &Docker) -> Container {
    let body = ContainerCreateBody {
        image: Some(image(docker).reference),
        env: Some(vec!["POSTGRES_PASSWORD=a".to_owned()]),
        host_config: Some(published(&[])),
        ..Default::default()
    };
    let container = Container::start(docker, body);
    answers(&container);
    container
}

fn answers(container: &Container) {
    eventually("the server answers", || container.exec(&["pg_isready", "-h", "127.0.0.1"]).code == 0);
}

fn is_running(container: &Container) -> bool {
    let seen = finish(container.docker().inspect_container(&container.id, None)).unwrap();
    seen.state.unwrap().running.unwrap()
}

fn is_there(interface: &str) -> bool {
    Path::new("/sys/class/net").join(interface).exists()
}

#[test]
fn a_private_engine_publishes_ports_and_can_be_killed_and_stopped() {
    let room = Room::new();
    let had_bridge = is_there("docker0");
    let Some(mut engine) = PrivateEngine::start_or_skip(&room.path().join("engine")) else { return };
    let container = serve(&engine.docker());
    let reached = TcpStream::connect(("127.0.0.1", container.port()));
    assert!(reached.is_ok(), "{reached:?}");

    engine.kill();
    assert!(finish(container.docker().ping()).is_err());
    engine.start();
    assert!(!is_running(&container), "an engine ends what has outlived its last one");
    finish(container.docker().start_container(&container.id, None)).unwrap();
    answers(&container);

    engine.stop();
    assert!(finish(container.docker().ping()).is_err());
    engine.start();
    assert!(!is_running(&container));
    assert_eq!(is_there("docker0"), had_bridge, "the machine's engine keeps its network");
}

#[test]
fn a_private_engine_leaves_nothing_even_if_it_was_killed() {
    let room = Room::new();
    let dir = room.path().join("engine");
    let Some(mut engine) = PrivateEngine::start_or_skip(&dir) else { return };
    let bridge = engine.bridge();
    std::mem::forget(serve(&engine.docker()));
    engine.kill();
    drop(engine);

    assert!(!is_there(&bridge));
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
    assert!(!mounts.contains(dir.to_str().unwrap()), "{mounts}");
    fs::remove_dir_all(&dir).unwrap();
}

#[test]
fn a_private_engine_pulls_from_a_registry_with_progress_and_a_digest() {
    let room = Room::new();
    let Some(docker) = docker_or_skip() else { return };
    let Some(registry) = Registry::start_or_skip(&room.path().join("registry")) else { return };
    let Some(engine) = PrivateEngine::start_or_skip(&room.path().join("engine")) else { return };
    let pushed = registry.push(&docker, &image(&docker), "test");
    assert!(finish(docker.inspect_image(&pushed.reference)).is_err(), "the engine has forgotten the name");

    let docker = engine.docker();
    let options = CreateImageOptionsBuilder::default().from_image(&pushed.reference).build();
    let steps = docker.create_image(Some(options), None, None);
    let steps: Vec<_> = finish(steps.map(Result::unwrap).collect());
    let layers = steps.iter().filter_map(|it| it.progress_detail.as_ref()?.total);
    assert!(layers.max().unwrap() > 1 << 20, "{steps:?}");
    let digests = finish(docker.inspect_image(&pushed.reference)).unwrap().repo_digests.unwrap();
    assert_eq!(digests, [format!("{}/postgres@{}", registry.name(), pushed.digest)]);
}

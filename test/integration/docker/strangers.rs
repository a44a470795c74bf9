//! Strangers' containers, volumes and networks under the names that ours should have: they are never touched.

use bollard::Docker;
use bollard::models::{NetworkCreateRequest, VolumeCreateRequest};
use bollard::query_parameters::RemoveVolumeOptions;
use serde_json::Value;

use crate::docker::{assert_kept, is_there, kept_or_skip, remove, room_or_skip, running, stranger};
use crate::support::docker::finish;

#[test]
fn a_creation_refuses_a_name_that_a_strangers_container_has_and_leaves_nothing() {
    let Some((room, docker)) = room_or_skip() else { return };
    let stranger = stranger(&docker, &room.container("main"));
    let before = running(&docker, &stranger);
    insta::assert_snapshot!(room.run(["manage", "install"]).failed(), @"
    --- stderr
    error: the container `vrooli-postgres-main` is not that of instance `main`: its data is elsewhere
    hint: rename or remove that container, or set POSTGRES_CONTAINER_PREFIX
    [exit 1]
    ");
    insta::assert_snapshot!(room.run(["up"]).failed(), @"
    --- stderr
    error: the container `vrooli-postgres-main` is not that of instance `main`: its data is elsewhere
    hint: rename or remove that container, or set POSTGRES_CONTAINER_PREFIX
    [exit 1]
    ");
    assert!(!room.instance("main").exists());
    insta::assert_snapshot!(room.run(["status"]).skipped(), @"
    PostgreSQL: not installed
    ❌ Installed: No
    ❌ Running: No
    ❌ Healthy: No
    Health: not installed
    Port: 5433 (range 5433-5499)
    Endpoint: postgresql://localhost:5433/vrooli
    [exit 2]
    ");
    assert!(running(&docker, &stranger) == before, "it is as it was");
}

#[test]
fn a_start_refuses_a_name_that_a_stranger_has_taken_meanwhile() {
    let Some((room, docker)) = kept_or_skip() else { return };
    remove(&docker, &room.container("main"));
    let stranger = stranger(&docker, &room.container("main"));
    let before = running(&docker, &stranger);
    insta::assert_snapshot!(room.run(["status"]), @"
    PostgreSQL: unhealthy
    ✅ Installed: Yes
    ❌ Running: No
    ❌ Healthy: No
    Health: main is crashed: its server died without shutting down; a start replays its WAL; the container `vrooli-postgres-main` is somebody else's
    Port: 5433 (range 5433-5499)
    Endpoint: postgresql://localhost:5433/vrooli

    Instances: 1, running 0, healthy 0
    NAME  STATE    PORT  DATABASE  TEMPLATE     WHY
    main  crashed  5433  vrooli    development  its server died without shutting down; a start replays its WAL; the container `vrooli-postgres-main` is somebody else's
    [exit 1]
    ");
    insta::assert_snapshot!(room.run(["manage", "start"]).failed(), @"
    --- stderr
    error: the container `vrooli-postgres-main` is not that of instance `main`: its data is elsewhere
    hint: rename or remove that container, or set POSTGRES_CONTAINER_PREFIX
    [exit 1]
    ");
    insta::assert_snapshot!(room.run(["manage", "restart"]).failed(), @"
    --- stderr
    error: the container `vrooli-postgres-main` is not that of instance `main`: its data is elsewhere
    hint: rename or remove that container, or set POSTGRES_CONTAINER_PREFIX
    [exit 1]
    ");
    room.run(["manage", "stop"]).skipped();
    room.run(["logs"]);
    assert!(running(&docker, &stranger) == before, "it is as it was");

    remove(&docker, &stranger);
    room.run(["manage", "start", "--wait"]).done();
    assert_kept(&room);
}

#[test]
fn an_uninstall_leaves_strangers_what_has_our_names() {
    let Some((mut room, docker)) = room_or_skip() else { return };
    let name = room.container("main");
    let network = Named::make(&docker, &name);
    room.set("POSTGRES_NETWORK", &name);
    room.run(["up"]).done();
    remove(&docker, &name);
    let stranger = stranger(&docker, &name);
    let before = (running(&docker, &stranger), network.seen());
    room.run(["manage", "uninstall", "--force"]).done();
    assert!(!room.instance("main").exists());
    assert!((running(&docker, &stranger), network.seen()) == before, "they are as they were");
    assert!(is_there(&docker, &name));
    remove(&docker, &stranger);
}

/// A network and a volume of one name. They are removed when this is dropped.
struct Named<'a> {
    docker: &'a Docker,
    name: &'a str,
}

impl<'a> Named<'a> {
    fn make(docker: &'a Docker, name: &'a str) -> Self {
        let network = NetworkCreateRequest { name: name.to_owned(), ..NetworkCreateRequest::default() };
        finish(docker.create_network(network)).unwrap();
        let volume = VolumeCreateRequest { name: Some(name.to_owned()), ..VolumeCreateRequest::default() };
        finish(docker.create_volume(volume)).unwrap();
        Self { docker, name }
    }

    fn seen(&self) -> [Value; 2] {
        let network = finish(self.docker.inspect_network(self.name, None)).unwrap();
        let volume = finish(self.docker.inspect_volume(self.name)).unwrap();
        [serde_json::to_value(network).unwrap(), serde_json::to_value(volume).unwrap()]
    }
}

impl Drop for Named<'_> {
    fn drop(&mut self) {
        let _ = finish(self.docker.remove_network(self.name));
        let _ = finish(self.docker.remove_volume(self.name, None::<RemoveVolumeOptions>));
    }
}

//! What needs a Docker engine.

use bollard::Docker;
use bollard::models::{ContainerCreateBody, ContainerInspectResponse, HostConfig};
use bollard::query_parameters::{CreateContainerOptions, RemoveContainerOptionsBuilder};
use resource_postgres::runtime::Kind;
use serde_json::Value;

use crate::support::Room;
use crate::support::docker::{docker_or_skip, finish};
use crate::support::image::image;

mod adopted;
mod containers;
mod creation;
mod foreign;
mod image;
mod images;
mod private;
mod secrets;
mod strangers;
mod traces;
mod unreachable;
mod upgrade;
mod users;
mod within;

/// A room on Docker with the engine that its instances are on, unless there is none.
fn room_or_skip() -> Option<(Room, Docker)> {
    let docker = docker_or_skip()?;
    Some((Room::on(Kind::Docker), docker))
}

/// The same, with the instance `main` up and a table in it.
fn kept_or_skip() -> Option<(Room, Docker)> {
    let (room, docker) = room_or_skip()?;
    room.run(["up"]).done();
    keep(&room);
    Some((room, docker))
}

/// Commits a row.
fn keep(room: &Room) {
    room.run(["content", "execute", "CREATE TABLE kept AS SELECT 42 AS answer"]).done();
}

/// Whether the row is there.
#[track_caller]
fn assert_kept(room: &Room) {
    assert_eq!(room.value("main", "SELECT answer FROM kept"), "42");
}

/// What the engine knows of a container.
fn inspect(docker: &Docker, container: &str) -> ContainerInspectResponse {
    finish(docker.inspect_container(container, None)).unwrap_or_else(|err| panic!("{container}: {err}"))
}

/// The id of an instance's container.
fn id(docker: &Docker, room: &Room, instance: &str) -> String {
    inspect(docker, &room.container(instance)).id.unwrap()
}

/// Whether there is a container of this name or id.
fn is_there(docker: &Docker, container: &str) -> bool {
    finish(docker.inspect_container(container, None)).is_ok()
}

/// Removes a container as `docker rm --force` does.
fn remove(docker: &Docker, container: &str) {
    let forced = RemoveContainerOptionsBuilder::default().force(true).v(true).build();
    finish(docker.remove_container(container, Some(forced))).unwrap();
}

/// Starts somebody else's container, which does nothing, under a name.
fn stranger(docker: &Docker, name: &str) -> String {
    let body = ContainerCreateBody {
        image: Some(image(docker).reference),
        entrypoint: Some(["sleep", "600"].map(str::to_owned).into()),
        stop_signal: Some("SIGKILL".to_owned()),
        host_config: Some(HostConfig { network_mode: Some("none".to_owned()), ..HostConfig::default() }),
        ..ContainerCreateBody::default()
    };
    let options = CreateContainerOptions { name: Some(name.to_owned()), ..CreateContainerOptions::default() };
    let id = finish(docker.create_container(Some(options), body)).unwrap().id;
    finish(docker.start_container(&id, None)).unwrap();
    id
}

/// Everything that the engine knows of a stranger's container, which has to run still.
#[track_caller]
fn running(docker: &Docker, stranger: &str) -> Value {
    let seen = inspect(docker, stranger);
    assert_eq!(seen.state.as_ref().and_then(|it| it.running), Some(true));
    serde_json::to_value(seen).unwrap()
}

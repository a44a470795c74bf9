//! Adoption: a container that upstream's scripts made is used as it is.

use std::fs;

use bollard::Docker;
use bollard::models::{ContainerCreateBody, HostConfig, PortBinding, RestartPolicy, RestartPolicyNameEnum};
use bollard::query_parameters::CreateContainerOptions;

use crate::docker::{assert_kept, id, inspect, keep, remove, room_or_skip};
use crate::support::docker::finish;
use crate::support::image::image;
use crate::support::{Room, container, eventually};

const PASSWORD: &str = "Upstream0Password0of0Twenty";
/// As upstream's templates have it, with the sockets' folder that is built into the official image's programs.
const CONFIGURATION: &str = "listen_addresses = '*'\nport = 5432\nmax_connections = 77\n\
                             unix_socket_directories = '/var/run/postgresql'\n";

/// The instance `main` as upstream leaves it running: a record, and a container without labels.
fn upstream_or_skip() -> Option<(Room, Docker)> {
    let (mut room, docker) = room_or_skip()?;
    // Nothing but the container says which engine it is on.
    room.set("POSTGRES_RUNTIME", "auto");
    make_folder(&room, container::network());
    start_container(&room, &docker, container::network());
    Some((room, docker))
}

/// The instance's folder with upstream's record and configuration.
pub fn make_folder(room: &Room, network: &str) {
    let instance = room.instance("main");
    fs::create_dir_all(instance.join("config")).unwrap();
    fs::create_dir(room.data("main")).unwrap();
    fs::write(instance.join("config/postgresql.conf"), CONFIGURATION).unwrap();
    let record = format!(
        "port=\"{}\"\npassword=\"{PASSWORD}\"\ntemplate=\"development\"\ncreated=\"2025-08-01T10:00:00Z\"\n\
         user=\"vrooli\"\ndatabase=\"vrooli\"\nnetworks=\"{}\"\n",
        room.port, network
    );
    fs::write(instance.join("config/instance.conf"), record).unwrap();
}

/// Starts upstream's container, which makes its data, and commits a row.
pub fn start_container(room: &Room, docker: &Docker, network: &str) {
    let options = CreateContainerOptions { name: Some(room.container("main")), ..Default::default() };
    let body = upstream_container(room, docker, network);
    let made = finish(docker.create_container(Some(options), body)).unwrap();
    finish(docker.start_container(&made.id, None)).unwrap();
    eventually("upstream's server answers", || room.state("main") == "running");
    keep(room);
}

/// Upstream publishes the port to everybody, and hands the password over in the environment.
fn upstream_container(room: &Room, docker: &Docker, network: &str) -> ContainerCreateBody {
    let instance = room.instance("main");
    let binds =
        ["data:/var/lib/postgresql/data", "config/postgresql.conf:/etc/postgresql/postgresql.conf:ro"];
    let binding = PortBinding { host_ip: None, host_port: Some(room.port.to_string()) };
    ContainerCreateBody {
        image: Some(image(docker).reference),
        env: Some(vec![
            "POSTGRES_USER=vrooli".to_owned(),
            format!("POSTGRES_PASSWORD={PASSWORD}"),
            "POSTGRES_DB=vrooli".to_owned(),
            "POSTGRES_INITDB_ARGS=--encoding=UTF8 --locale=C --no-sync".to_owned(),
        ]),
        cmd: Some(["-c", "config_file=/etc/postgresql/postgresql.conf"].map(str::to_owned).into()),
        host_config: Some(HostConfig {
            network_mode: Some(network.to_owned()),
            port_bindings: Some([("5432/tcp".to_owned(), Some(vec![binding]))].into()),
            binds: Some(binds.map(|it| format!("{}/{it}", instance.display())).into()),
            restart_policy: Some(RestartPolicy {
                name: Some(RestartPolicyNameEnum::UNLESS_STOPPED),
                maximum_retry_count: None,
            }),
            ..HostConfig::default()
        }),
        ..ContainerCreateBody::default()
    }
}

fn record(room: &Room) -> String {
    let record = fs::read_to_string(room.instance("main").join("config/instance.conf")).unwrap();
    record.replace(&room.port.to_string(), "5433")
}

#[test]
fn upstreams_container_is_used_as_it_is_and_replaced_once_it_is_gone() {
    let Some((room, docker)) = upstream_or_skip() else { return };
    let upstreams = id(&docker, &room, "main");
    insta::assert_snapshot!(room.run(["status"]).done(), @"
    PostgreSQL: healthy
    ✅ Installed: Yes
    ✅ Running: Yes
    ✅ Healthy: Yes
    Health: all instances that should run answer queries
    Port: 5433 (range 5433-5499)
    Endpoint: postgresql://localhost:5433/vrooli

    Instances: 1, running 1, healthy 1
    NAME  STATE    PORT  DATABASE  TEMPLATE     WHY
    main  running  5433  vrooli    development  it answers queries
    [exit 0]
    ");
    insta::assert_snapshot!(room.run(["credentials", "--show-secrets"]).done(), @"
    Instance: main
    Host: 127.0.0.1
    Port: 5433
    Database: vrooli
    User: vrooli
    Password: [password]
    Connection String: postgresql://vrooli:[password]@127.0.0.1:5433/vrooli
    [exit 0]
    ");
    insta::assert_snapshot!(room.run(["manage", "install"]).skipped(), @"
    --- stderr
    already installed
    [exit 2]
    ");
    insta::assert_snapshot!(room.run(["manage", "start"]).skipped(), @"
    --- stderr
    already running
    [exit 2]
    ");
    insta::assert_snapshot!(room.run(["manage", "stop"]).done(), @"
    --- stderr
    `main` is stopped
    [exit 0]
    ");
    assert_eq!(room.state("main"), "stopped");
    insta::assert_snapshot!(room.run(["manage", "start", "--wait"]).done(), @"
    --- stderr
    `main` is running on port 5433
    [exit 0]
    ");
    room.run(["manage", "restart"]).done();
    assert_kept(&room);
    assert_eq!(room.value("main", "SHOW max_connections"), "77");
    assert_eq!(id(&docker, &room, "main"), upstreams, "it is the same container");
    insta::assert_snapshot!(record(&room), @r#"
    port="5433"
    password="Upstream0Password0of0Twenty"
    template="development"
    created="2025-08-01T10:00:00Z"
    user="vrooli"
    database="vrooli"
    networks="rp-tests"
    engine="docker"
    desired="running"
    port_source="explicit"
    "#);

    room.run(["manage", "stop"]).done();
    remove(&docker, &upstreams);
    insta::assert_snapshot!(room.run(["manage", "start", "--wait"]).done(), @"
    --- stderr
    `main` is running on port 5433
    [exit 0]
    ");
    assert_kept(&room);
    assert_eq!(room.value("main", "SHOW max_connections"), "77");
    let env = inspect(&docker, &room.container("main")).config.unwrap().env.unwrap();
    assert!(!env.iter().any(|it| it.contains(PASSWORD)), "{env:?}");
    assert_eq!(room.recorded("main", "password"), PASSWORD);
}

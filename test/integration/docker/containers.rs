//! Containers that change behind our back: their state is told truly, and nothing that was committed is lost.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use bollard::Docker;
use bollard::models::NetworkDisconnectRequest;
use bollard::query_parameters::{KillContainerOptions, RenameContainerOptions};

use crate::docker::{assert_kept, id, inspect, is_there, kept_or_skip, remove, room_or_skip};
use crate::support::docker::finish;
use crate::support::{Room, eventually, is_root, kill};

/// Kills a container's server as `docker kill` does, which the engine takes for what is wanted.
fn kill_container(docker: &Docker, container: &str) {
    let signal = KillContainerOptions { signal: "SIGKILL".to_owned() };
    finish(docker.kill_container(container, Some(signal))).unwrap();
    eventually("the container has ended", || {
        inspect(docker, container).state.unwrap().running == Some(false)
    });
}

#[test]
fn a_container_that_somebody_stopped_is_told_and_the_same_one_is_started() {
    let Some((room, docker)) = kept_or_skip() else { return };
    let ours = id(&docker, &room, "main");
    finish(docker.stop_container(&room.container("main"), None)).unwrap();
    insta::assert_snapshot!(room.run(["status"]), @"
    PostgreSQL: not running
    ✅ Installed: Yes
    ❌ Running: No
    ❌ Healthy: No
    Health: no instance runs
    Port: 5433 (range 5433-5499)
    Endpoint: postgresql://localhost:5433/vrooli

    Instances: 1, running 0, healthy 0
    NAME  STATE    PORT  DATABASE  TEMPLATE     WHY
    main  stopped  5433  vrooli    development  it was shut down
    [exit 2]
    ");
    insta::assert_snapshot!(room.run(["content", "execute", "SELECT 1"]).failed(), @"
    --- stderr
    error: instance `main` is stopped
    hint: `resource-postgres start --instance main` starts it
    [exit 1]
    ");
    insta::assert_snapshot!(room.run(["manage", "stop"]).skipped(), @"
    --- stderr
    not running
    [exit 2]
    ");
    insta::assert_snapshot!(room.run(["manage", "start"]).done(), @"
    --- stderr
    `main` is running on port 5433
    [exit 0]
    ");
    assert_eq!(id(&docker, &room, "main"), ours);
    assert_kept(&room);
}

#[test]
fn a_clone_has_a_container_of_its_own_which_is_as_its_sources_was_made() {
    let Some((mut room, docker)) = room_or_skip() else { return };
    room.set("POSTGRES_MEMORY_LIMIT", "300M");
    room.run(["up"]).done();
    room.unset("POSTGRES_MEMORY_LIMIT");
    room.run(["content", "clone", "main", "copy"]).done();
    for key in ["image", "digest", "networks", "memory_bytes"] {
        assert_eq!(room.recorded("main", key), room.recorded("copy", key), "{key}");
    }
    let made = |name: &str| {
        let found = inspect(&docker, &room.container(name));
        (found.image, found.host_config.and_then(|it| it.memory))
    };
    assert_eq!(made("main"), made("copy"));
    assert_ne!(id(&docker, &room, "main"), id(&docker, &room, "copy"));
    room.run(["content", "remove", "--name", "main", "--force"]).done();
    assert!(!is_there(&docker, &room.container("main")) && is_there(&docker, &room.container("copy")));
}

#[test]
fn a_container_that_somebody_killed_has_crashed_and_a_start_recovers_it() {
    let Some((room, docker)) = kept_or_skip() else { return };
    kill_container(&docker, &room.container("main"));
    insta::assert_snapshot!(room.run(["status"]).ended(1), @"
    PostgreSQL: unhealthy
    ✅ Installed: Yes
    ❌ Running: No
    ❌ Healthy: No
    Health: main is crashed: its server died without shutting down; a start replays its WAL
    Port: 5433 (range 5433-5499)
    Endpoint: postgresql://localhost:5433/vrooli

    Instances: 1, running 0, healthy 0
    NAME  STATE    PORT  DATABASE  TEMPLATE     WHY
    main  crashed  5433  vrooli    development  its server died without shutting down; a start replays its WAL
    [exit 1]
    ");
    insta::assert_snapshot!(room.run(["manage", "start", "--wait"]).done(), @"
    --- stderr
    `main` is running on port 5433
    [exit 0]
    ");
    assert_kept(&room);
}

#[test]
fn a_server_that_somebody_killed_is_started_again_by_the_engine() {
    let Some((room, docker)) = kept_or_skip() else { return };
    let (ours, killed) = (id(&docker, &room, "main"), room.pid("main"));
    kill(killed, "KILL");
    eventually("the engine has started it again", || {
        room.state("main") == "running" && room.pid("main") != killed
    });
    assert_kept(&room);
    assert_eq!(id(&docker, &room, "main"), ours);
    insta::assert_snapshot!(room.run(["manage", "start"]), @"
    --- stderr
    already running
    [exit 2]
    ");
}

#[test]
fn a_container_that_somebody_paused_says_so_and_a_start_lets_it_go_on() {
    let Some((room, docker)) = kept_or_skip() else { return };
    let (container, pid) = (room.container("main"), room.pid("main"));
    finish(docker.pause_container(&container)).unwrap();
    insta::assert_snapshot!(room.run(["status"]), @"
    PostgreSQL: unhealthy
    ✅ Installed: Yes
    ✅ Running: Yes
    ❌ Healthy: No
    Health: main is paused: its container is paused; a start lets it go on
    Port: 5433 (range 5433-5499)
    Endpoint: postgresql://localhost:5433/vrooli

    Instances: 1, running 1, healthy 0
    NAME  STATE   PORT  DATABASE  TEMPLATE     WHY
    main  paused  5433  vrooli    development  its container is paused; a start lets it go on
    [exit 1]
    ");
    insta::assert_snapshot!(room.run(["manage", "start", "--wait"]).done(), @"
    --- stderr
    `main` is running on port 5433
    [exit 0]
    ");
    assert_kept(&room);
    assert_eq!(room.pid("main"), pid, "it has gone on, and was not started anew");

    finish(docker.pause_container(&container)).unwrap();
    insta::assert_snapshot!(room.run(["manage", "stop"]).done(), @"
    --- stderr
    `main` is stopped
    [exit 0]
    ");
    assert_eq!(room.state("main"), "stopped");
    let log = room.log("main");
    assert!(log.contains("database system is shut down"), "it was not killed: {log}");
}

#[test]
fn a_container_that_somebody_removed_is_made_anew_with_the_same_password() {
    let Some((room, docker)) = kept_or_skip() else { return };
    let (ours, password) = (id(&docker, &room, "main"), room.recorded("main", "password"));
    remove(&docker, &ours);
    insta::assert_snapshot!(room.run(["status"]), @"
    PostgreSQL: unhealthy
    ✅ Installed: Yes
    ❌ Running: No
    ❌ Healthy: No
    Health: main is crashed: its server died without shutting down; a start replays its WAL; there is no container `vrooli-postgres-main`; a start makes it anew
    Port: 5433 (range 5433-5499)
    Endpoint: postgresql://localhost:5433/vrooli

    Instances: 1, running 0, healthy 0
    NAME  STATE    PORT  DATABASE  TEMPLATE     WHY
    main  crashed  5433  vrooli    development  its server died without shutting down; a start replays its WAL; there is no container `vrooli-postgres-main`; a start makes it anew
    [exit 1]
    ");
    insta::assert_snapshot!(room.run(["manage", "start", "--wait"]).done(), @"
    --- stderr
    `main` is running on port 5433
    [exit 0]
    ");
    assert_kept(&room);
    assert_eq!(room.recorded("main", "password"), password);
    assert_ne!(id(&docker, &room, "main"), ours);
}

#[test]
fn a_container_that_somebody_renamed_is_ours_still() {
    let Some((room, docker)) = kept_or_skip() else { return };
    let (ours, other) = (id(&docker, &room, "main"), room.container("renamed"));
    let options = RenameContainerOptions { name: other.clone() };
    finish(docker.rename_container(&ours, options)).unwrap();
    assert_eq!(room.state("main"), "running");
    room.run(["manage", "stop"]).done();
    insta::assert_snapshot!(room.run(["status"]).skipped(), @"
    PostgreSQL: not running
    ✅ Installed: Yes
    ❌ Running: No
    ❌ Healthy: No
    Health: no instance runs
    Port: 5433 (range 5433-5499)
    Endpoint: postgresql://localhost:5433/vrooli

    Instances: 1, running 0, healthy 0
    NAME  STATE    PORT  DATABASE  TEMPLATE     WHY
    main  stopped  5433  vrooli    development  it was shut down; its container is called `vrooli-postgres-renamed`
    [exit 2]
    ");
    room.run(["manage", "start", "--wait"]).done();
    assert_kept(&room);
    assert_eq!(inspect(&docker, &other).id, Some(ours));
    insta::assert_snapshot!(room.run(["manage", "uninstall", "--force"]).done(), @"
    --- stderr
    `main` is removed with its data
    [exit 0]
    ");
    assert!(!is_there(&docker, &other));
}

#[test]
fn a_container_that_is_not_in_its_templates_network_is_let_in_by_a_start() {
    let Some((mut room, docker)) = room_or_skip() else { return };
    let (templates, network) =
        (room.path().join("templates"), format!("{}-second", room.container("network")));
    fs::create_dir(&templates).unwrap();
    room.file("templates/minimal.conf", "max_connections = 20\n");
    room.file("templates/minimal.networks", &network);
    room.set("POSTGRES_TEMPLATE_DIR", &templates.display().to_string());
    room.run(["content", "create-instance", "shop", "--template", "minimal"]).done();
    let container = room.container("shop");
    let networks = || inspect(&docker, &container).network_settings.unwrap().networks.unwrap();
    assert!(networks().contains_key(&network), "{:?}", networks());

    let out = NetworkDisconnectRequest { container: container.clone(), force: None };
    finish(docker.disconnect_network(&network, out)).unwrap();
    room.run(["manage", "restart", "--instance", "shop"]).done();
    assert!(networks().contains_key(&network), "{:?}", networks());
    room.run(["manage", "uninstall", "--force"]).done();
    assert!(finish(docker.inspect_network(&network, None)).is_err(), "it was ours, and nobody is in it");
}

#[test]
fn what_was_written_outlives_every_command_but_the_one_that_deletes_it() {
    let Some((room, docker)) = kept_or_skip() else { return };
    let password = room.recorded("main", "password");
    assert_reached_from_this_machine_only(&room, &docker);
    assert_measured(&room);
    for commands in [
        &[&["manage", "stop"][..], &["manage", "start", "--wait"]][..],
        &[&["manage", "restart"]],
        &[&["manage", "restart", "--force"]],
    ] {
        commands.iter().for_each(|it| drop(room.run(*it).done()));
        assert_kept(&room);
    }
    insta::assert_snapshot!(room.run(["manage", "uninstall", "--keep-data"]).done(), @"
    --- stderr
    `main` is removed; its data is kept in [room]/instances/main
    [exit 0]
    ");
    assert!(!is_there(&docker, &room.container("main")));
    insta::assert_snapshot!(room.run(["manage", "install"]).done(), @"
    --- stderr
    `main` is back in use with the data that was kept, on port 5433
    next: resource-postgres manage start
    [exit 0]
    ");
    room.run(["manage", "start", "--wait"]).done();
    assert_kept(&room);
    assert_eq!(room.recorded("main", "password"), password);
}

/// The data is the image's user's, not ours.
fn assert_measured(room: &Room) {
    let owner = |path: &Path| fs::metadata(path).unwrap().uid();
    assert_eq!(owner(&room.data("main")) == owner(room.path()), !is_root());
    let report = room.run(["status", "--verbose", "--format", "json"]).done().json();
    let main = &report["instances"][0];
    assert!(main["databases"][0]["size_bytes"].as_u64() > Some(1 << 20), "{main}");
    assert!(main["disk_free_bytes"].as_u64() > Some(1 << 20), "{main}");
}

fn assert_reached_from_this_machine_only(room: &Room, docker: &Docker) {
    let ports = inspect(docker, &room.container("main")).network_settings.unwrap().ports.unwrap();
    let bindings: Vec<_> = ports.into_values().flatten().flatten().collect();
    let reached: Vec<_> = bindings.iter().map(|it| (it.host_ip.as_deref(), it.host_port.clone())).collect();
    assert_eq!(reached, [(Some("127.0.0.1"), Some(room.port.to_string()))]);
}

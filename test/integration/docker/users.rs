//! Ordinary users: whoever reaches the engine needs no root, and nobody has to chown what a container has written.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::process::Command;

use bollard::models::NetworkCreateRequest;
use resource_postgres::runtime::Kind;

use crate::docker::adopted::{make_folder, start_container};
use crate::docker::{assert_kept, inspect, is_there, keep};
use crate::support::docker::{docker_or_skip, finish};
use crate::support::engine::PrivateEngine;
use crate::support::image::image;
use crate::support::{Answer, Room, container};

/// The room of an ordinary user who may reach an engine.
fn room_or_skip() -> Option<(Room, PrivateEngine)> {
    docker_or_skip()?;
    let mut room = Room::of_nobody_on(Kind::Docker);
    let engine = PrivateEngine::start_or_skip(&room.path().join("engine"))?;
    fs::set_permissions(engine.socket(), fs::Permissions::from_mode(0o666)).unwrap();
    room.set("DOCKER_HOST", &engine.host());
    room.set("POSTGRES_IMAGE", &image(&engine.docker()).reference);
    Some((room, engine))
}

#[test]
fn an_ordinary_users_data_stays_the_users_own() {
    let Some((room, engine)) = room_or_skip() else { return };
    room.run(["up"]).done();
    keep(&room);
    for command in [&["stop"][..], &["start"], &["uninstall", "--keep-data"], &["manage", "install"], &["up"]]
    {
        room.run(command).done();
    }
    assert_kept(&room);
    room.run(["content", "clone", "main", "copy"]).done();
    assert_eq!(room.value("copy", "SELECT answer FROM kept"), "42");
    let owner = |path| fs::metadata(path).unwrap().uid();
    for name in ["main", "copy"] {
        assert_eq!(owner(room.data(name).join("PG_VERSION")), owner(room.path().to_owned()));
    }
    room.run(["content", "remove", "--name", "copy", "--force"]).done();
    assert_ne!(inspect(&engine.docker(), &room.container("main")).config.unwrap().user.unwrap(), "");

    insta::assert_snapshot!(room.run(["manage", "uninstall", "--force"]).done(), @"
    --- stderr
    `main` is removed with its data
    [exit 0]
    ");
    assert!(!room.instances().exists());
    assert!(!is_there(&engine.docker(), &room.container("main")));
}

/// An answer with times and sizes that are not the same on every run.
fn measured(answer: Answer) -> Answer {
    let uptime = answer.hiding(r"uptime +\d+ s", "uptime          [seconds]");
    uptime.hiding(r"\d+ (K|M|G)iB", "[size]")
}

#[test]
fn data_that_its_user_may_not_look_into_is_told_measured_kept_and_deleted() {
    let Some((mut room, engine)) = room_or_skip() else { return };
    room.set("POSTGRES_RUNTIME", "auto");
    make_folder(&room, container::network());
    let owner = fs::metadata(room.path()).unwrap().uid().to_string();
    assert!(Command::new("chown").arg("-R").arg(&owner).arg(room.instances()).status().unwrap().success());
    let network = NetworkCreateRequest { name: container::network().to_owned(), ..Default::default() };
    finish(engine.docker().create_network(network)).unwrap();
    start_container(&room, &engine.docker(), container::network());
    assert_ne!(fs::metadata(room.data("main")).unwrap().uid().to_string(), owner);

    insta::assert_snapshot!(measured(room.run(["status", "--verbose"]).done()), @"
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

    main:
      version         [version]
      uptime          [seconds]
      connections     1 of 77
      database        postgres ([size])
      database        template1 ([size])
      database        vrooli ([size])
      data directory  [room]/instances/main/data
      disk free       [size]
    [exit 0]
    ");
    room.run(["manage", "stop"]).done();
    insta::assert_snapshot!(measured(room.run(["status", "--verbose"]).skipped()), @"
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

    main:
      data directory  [room]/instances/main/data
      disk free       [size]
    [exit 2]
    ");
    room.run(["manage", "start", "--wait"]).done();
    insta::assert_snapshot!(room.run(["content", "clone", "main", "copy"]).failed(), @"
    --- stderr
    error: instance `main` cannot be cloned: nobody but its server may read [room]/instances/main/data
    hint: run this as root, or as the user whose the data is
    [exit 1]
    ");
    insta::assert_snapshot!(room.run(["manage", "uninstall", "--keep-data"]).done(), @"
    --- stderr
    `main` is removed; its data is kept in [room]/instances/main
    [exit 0]
    ");
    insta::assert_snapshot!(room.run(["manage", "install"]).done(), @"
    --- stderr
    `main` is back in use with the data that was kept, on port 5433
    next: resource-postgres manage start
    [exit 0]
    ");
    room.run(["manage", "start", "--wait"]).done();
    assert_kept(&room);
    insta::assert_snapshot!(room.run(["manage", "uninstall", "--force"]).done(), @"
    --- stderr
    `main` is removed with its data
    [exit 0]
    ");
    assert!(!room.instances().exists());
}

//! `POSTGRES_RUNTIME=auto` with an engine that cannot be reached: new instances do without it, existing ones do not.

use super::{read, record, room_at, tree};

#[test]
fn a_new_instance_becomes_a_process_instead_and_that_is_said() {
    let mut room = room_at("unix:///nowhere/docker.sock");
    room.set("POSTGRES_RUNTIME", "auto");
    insta::assert_snapshot!(room.run(["content", "create-instance", "new"]).done(), @"
    --- stderr
    running without Docker, as a process of this machine: Docker engine unreachable at unix:///nowhere/docker.sock: there is no such socket
    `new` is running on port 5433 and has answered a query
    [exit 0]
    ");
    assert_eq!(room.recorded("new", "engine"), "native");
    insta::assert_snapshot!(read(&room, &["status", "new"]).done(), @"
    PostgreSQL: healthy
    ✅ Installed: Yes
    ✅ Running: Yes
    ✅ Healthy: Yes
    Health: all instances that should run answer queries
    Port: 5433 (range 5433-5499)
    Endpoint: postgresql://localhost:5433/vrooli

    Instances: 1, running 1, healthy 1
    NAME  STATE    PORT  DATABASE  TEMPLATE     WHY
    new   running  5433  vrooli    development  it answers queries
    [exit 0]
    ");
}

#[test]
fn an_existing_instance_of_the_engine_is_never_made_anew_as_a_process() {
    let mut room = room_at("unix:///nowhere/docker.sock");
    record(&room, "main", 0);
    room.set("POSTGRES_RUNTIME", "auto");
    let before = tree(&room);
    insta::assert_snapshot!(room.run(["up"]).failed(), @"
    --- stderr
    error: Docker engine unreachable at unix:///nowhere/docker.sock: there is no such socket
    hint: start Docker, or correct DOCKER_HOST; nothing is lost or changed meanwhile
    [exit 1]
    ");
    room.run(["start"]).failed();
    room.run(["manage", "start", "--force"]).failed();
    room.run(["manage", "install"]).skipped();
    insta::assert_snapshot!(room.run(["content", "create-instance", "shop"]), @"
    --- stderr
    `shop` exists already, on port 5435
    [exit 0]
    ");
    assert_eq!(tree(&room), before);
}

#[test]
fn an_instance_that_does_not_say_whose_it_is_waits_for_the_engine_too() {
    let mut room = room_at("unix:///nowhere/docker.sock");
    room.set("POSTGRES_RUNTIME", "auto");
    let conf = room.instance("shop").join("config/instance.conf");
    let text = std::fs::read_to_string(&conf).unwrap().replace("engine=\"docker\"\n", "");
    std::fs::write(conf, text).unwrap();
    super::reads_say_so(&room);
    super::writes_are_refused(&room);
}

#[test]
fn a_creation_that_was_interrupted_is_not_finished_as_something_else() {
    let mut room = room_at("unix:///nowhere/docker.sock");
    let conf = room.instance("shop").join("config/instance.conf");
    let text = std::fs::read_to_string(&conf).unwrap();
    std::fs::write(conf, format!("{text}creation=\"unfinished\"\n")).unwrap();
    room.set("POSTGRES_RUNTIME", "auto");
    let before = tree(&room);
    insta::assert_snapshot!(room.run(["content", "create-instance", "shop"]).failed(), @"
    --- stderr
    error: Docker engine unreachable at unix:///nowhere/docker.sock: there is no such socket
    hint: start Docker, or correct DOCKER_HOST; nothing is lost or changed meanwhile
    [exit 1]
    ");
    insta::assert_snapshot!(room.run(["manage", "start", "--instance", "shop"]).failed(), @"
    --- stderr
    error: Docker engine unreachable at unix:///nowhere/docker.sock: there is no such socket
    hint: start Docker, or correct DOCKER_HOST; nothing is lost or changed meanwhile
    [exit 1]
    ");
    insta::assert_snapshot!(read(&room, &["status"]).ended(1), @"
    PostgreSQL: unhealthy
    ✅ Installed: Yes
    ❌ Running: unknown
    ❌ Healthy: No
    Health: shop: Docker engine unreachable at unix:///nowhere/docker.sock: there is no such socket
    Port: 5435 (range 5433-5499)
    Endpoint: postgresql://localhost:5435/orders

    Instances: 1, running 0, healthy 0
    NAME  STATE        PORT  DATABASE  TEMPLATE   WHY
    shop  unreachable  5435  orders    ecommerce  Docker engine unreachable at unix:///nowhere/docker.sock: there is no such socket
    [exit 1]
    ");
    assert_eq!(tree(&room), before);
}

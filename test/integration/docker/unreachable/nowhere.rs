//! Nobody listens where the engine should be, or nobody may ask there.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;

use resource_postgres::runtime::Kind;

use super::{FORMS, are_refused, read, reads_say_so, record, room_at, writes_are_refused};
use crate::support::Room;

#[test]
fn an_instance_whose_engine_is_gone_is_shown_as_it_is_recorded_and_called_unreachable() {
    let room = room_at("unix:///nowhere/docker.sock");
    insta::assert_snapshot!(read(&room, &["status"]).meets("status.exit_codes.1"), @"
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
    insta::assert_snapshot!(read(&room, &["status", "shop", "--format", "json"]).ended(1), @r#"
    {"name":"postgres","category":"storage","description":"Isolated PostgreSQL instances","installed":true,"running":false,"healthy":false,"health_message":"shop: Docker engine unreachable at unix:///nowhere/docker.sock: there is no such socket","total_instances":1,"running_instances":0,"healthy_instances":0,"port":5435,"database":"orders","user":"owner","connection_string":"postgresql://owner@localhost:5435/orders","image":"postgres:16-alpine","max_instances":67,"port_range_start":5433,"port_range_end":5499,"status":"unhealthy","instances":[{"name":"shop","state":"unreachable","healthy":false,"message":"Docker engine unreachable at unix:///nowhere/docker.sock: there is no such socket","port":5435,"database":"orders","user":"owner","template":"ecommerce","engine":"[engine]","desired":"running"}]}
    [exit 1]
    "#);
    insta::assert_snapshot!(read(&room, &["content", "list-instances"]).ended(1), @"
    NAME  STATE        PORT  DATABASE  TEMPLATE   WHY
    shop  unreachable  5435  orders    ecommerce  Docker engine unreachable at unix:///nowhere/docker.sock: there is no such socket
    [exit 1]
    ");
    insta::assert_snapshot!(read(&room, &["content", "list-instances", "--format", "json"]).ended(1), @r#"
    {"instances":[{"name":"shop","state":"unreachable","healthy":false,"message":"Docker engine unreachable at unix:///nowhere/docker.sock: there is no such socket","port":5435,"database":"orders","user":"owner","template":"ecommerce","engine":"[engine]","desired":"running"}]}
    [exit 1]
    "#);
    insta::assert_snapshot!(read(&room, &["logs", "shop"]).meets("logs.exit_codes.1"), @"
    --- stderr
    error: Docker engine unreachable at unix:///nowhere/docker.sock: there is no such socket
    hint: start Docker, or correct DOCKER_HOST; nothing is lost or changed meanwhile
    [exit 1]
    ");
}

#[test]
fn what_needs_no_engine_works_without_one() {
    let room = room_at("unix:///nowhere/docker.sock");
    insta::assert_snapshot!(read(&room, &["credentials", "--instance", "shop"]).done(), @"
    Instance: shop
    Host: 127.0.0.1
    Port: 5435
    Database: orders
    User: owner
    Password: ********
    Connection String: postgresql://owner:********@127.0.0.1:5435/orders
    [exit 0]
    ");
    insta::assert_snapshot!(read(&room, &["credentials", "--all", "--format", "env"]).done(), @r#"
    # The password is hidden, and so is each variable that holds it: --show-secrets shows them.
    PGHOST=127.0.0.1
    PGPORT=5435
    PGUSER=owner
    PGDATABASE=orders
    POSTGRES_HOST=127.0.0.1
    POSTGRES_PORT=5435
    POSTGRES_USER=owner
    POSTGRES_DB=orders
    POSTGRES_SSLMODE=disable
    [exit 0]
    "#);
    insta::assert_snapshot!(read(&room, &["credentials", "--all", "--format", "json"]).done(), @r#"
    {"resource":"postgres","status":"error","connections":[{"id":"shop","name":"PostgreSQL instance shop","credential_type":"postgres","connection":{"host":"127.0.0.1","port":5435,"database":"orders","ssl":false},"auth":{"username":"owner","password":"********"},"metadata":{"description":"unreachable, template ecommerce","version":"16","capabilities":["sql","transactions"]}}]}
    [exit 0]
    "#);
    insta::assert_snapshot!(read(&room, &["content", "list"]).done(), @"
    NAME  TYPE      INSTANCE  DETAIL
    shop  instance            port 5435, unreachable
    [exit 0]
    ");
    for args in [&["help"][..], &["info"], &["content", "get", "shop"]] {
        read(&room, args).done();
    }
}

#[test]
fn a_docker_host_that_leads_nowhere_is_named_with_the_reason_and_nothing_is_touched() {
    let mut room = room_at("nonsense");
    insta::assert_snapshot!(read(&room, &["logs", "shop"]).failed(), @"
    --- stderr
    error: Docker engine unreachable at nonsense: it is not of the form unix:///path or tcp://host:port
    hint: start Docker, or correct DOCKER_HOST; nothing is lost or changed meanwhile
    [exit 1]
    ");
    reads_say_so(&room);
    writes_are_refused(&room);
    are_refused(&room, &FORMS);
    room.set("DOCKER_HOST", "unix:///nowhere/docker.sock");
    reads_say_so(&room);
    writes_are_refused(&room);
    room.set("DOCKER_HOST", "tcp://127.0.0.1:1");
    insta::assert_snapshot!(read(&room, &["logs", "shop"]).failed(), @"
    --- stderr
    error: Docker engine unreachable at tcp://127.0.0.1:1: connection refused
    hint: start Docker, or correct DOCKER_HOST; nothing is lost or changed meanwhile
    [exit 1]
    ");
    reads_say_so(&room);
    writes_are_refused(&room);
}

#[test]
fn a_socket_that_may_not_be_used_is_told_with_the_way_to_get_permission() {
    let mut room = Room::of_nobody_on(Kind::Native);
    room.run(["content", "create-instance", "shop"]).done();
    room.run(["stop", "--instance", "shop"]).done();
    let conf = room.instance("shop").join("config/instance.conf");
    let text = fs::read_to_string(&conf).unwrap().replace("engine=\"native\"", "engine=\"docker\"");
    fs::write(conf, text).unwrap();
    let socket = room.path().join("docker.sock");
    let _engine = UnixListener::bind(&socket).unwrap();
    fs::set_permissions(&socket, fs::Permissions::from_mode(0o000)).unwrap();
    room.set("DOCKER_HOST", &format!("unix://{}", socket.display()));
    insta::assert_snapshot!(read(&room, &["logs", "shop"]).failed(), @"
    --- stderr
    error: Docker engine unreachable at unix://[room]/docker.sock: permission denied
    hint: become a member of the group `docker`, or correct the socket's permissions
    [exit 1]
    ");
    reads_say_so(&room);
    writes_are_refused(&room);

    let closed = room.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o600)).unwrap();
    room.set("DOCKER_HOST", &format!("unix://{}/docker.sock", closed.display()));
    insta::assert_snapshot!(read(&room, &["logs", "shop"]).failed(), @"
    --- stderr
    error: Docker engine unreachable at unix://[room]/closed/docker.sock: permission denied
    hint: become a member of the group `docker`, or correct the socket's permissions
    [exit 1]
    ");
}

#[test]
fn what_is_wrong_with_the_engine_is_told_once_and_native_instances_beside_are_told_rightly() {
    let mut room = room_at("unix:///nowhere/docker.sock");
    record(&room, "test", 3);
    room.set("POSTGRES_RUNTIME", "native");
    room.run(["up"]).done();
    insta::assert_snapshot!(read(&room, &["status"]).ended(1), @"
    PostgreSQL: unhealthy
    ✅ Installed: Yes
    ✅ Running: Yes
    ❌ Healthy: No
    Health: shop, test: Docker engine unreachable at unix:///nowhere/docker.sock: there is no such socket
    Port: 5433 (range 5433-5499)
    Endpoint: postgresql://localhost:5433/vrooli

    Instances: 3, running 1, healthy 1
    NAME  STATE        PORT  DATABASE  TEMPLATE     WHY
    main  running      5433  vrooli    development  it answers queries
    shop  unreachable  5435  orders    ecommerce    Docker engine unreachable at unix:///nowhere/docker.sock: there is no such socket
    test  unreachable  5436  orders    ecommerce    Docker engine unreachable at unix:///nowhere/docker.sock: there is no such socket
    [exit 1]
    ");
    insta::assert_snapshot!(read(&room, &["status", "main"]).done(), @"
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
    let logs = read(&room, &["logs", "--all"]).ended(1);
    assert!(logs.stdout.starts_with("==> main <==\n"), "the others' logs are shown:\n{logs}");
    insta::assert_snapshot!(logs.stderr, @"
    error: Docker engine unreachable at unix:///nowhere/docker.sock: there is no such socket
    hint: start Docker, or correct DOCKER_HOST; nothing is lost or changed meanwhile
    error: 2 of 3 instances failed
    ");
}

#[test]
fn an_uninstall_removes_nothing_where_it_cannot_remove_all() {
    let mut room = room_at("unix:///nowhere/docker.sock");
    room.set("POSTGRES_RUNTIME", "native");
    room.run(["manage", "install"]).done();
    writes_are_refused(&room);
    room.run(["manage", "start"]).done();
}

//! A server that our code did not start: nothing takes it for an instance's, whatever passwords it takes.

use std::fs;
use std::process::Command;

use bollard::Docker;
use testcontainers::core::{IntoContainerPort, WaitFor};
use testcontainers::runners::AsyncRunner;
use testcontainers::{ContainerAsync, GenericImage, ImageExt};

use crate::docker::{assert_kept, kept_or_skip, room_or_skip, running};
use crate::support::docker::finish;
use crate::support::image::image;
use crate::support::{Room, eventually};

const PASSWORD: &str = "Foreign0Password0of0Twenty";

/// A server on a room's first port that knows `vrooli` with this password.
fn server(docker: &Docker, room: &Room, password: &str) -> Foreign {
    let image = image(docker).reference;
    let (name, tag) = image.rsplit_once(':').unwrap();
    let image = GenericImage::new(name, tag)
        .with_wait_for(WaitFor::message_on_stderr("listening on IPv4"))
        .with_mapped_port(room.port, 5432.tcp())
        .with_env_var("POSTGRES_USER", "vrooli")
        .with_env_var("POSTGRES_PASSWORD", password);
    let server = Foreign(Some(finish(image.start()).unwrap()));
    eventually("the foreign server answers", || {
        let ask = psql(room, password).args(["-c", "SELECT 1"]).output().unwrap();
        ask.status.success()
    });
    server
}

/// A foreign server. It is removed when this is dropped.
struct Foreign(Option<ContainerAsync<GenericImage>>);

impl Foreign {
    fn id(&self) -> &str {
        self.0.as_ref().unwrap().id()
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        // Its own drop needs a runtime to be called in.
        let server = self.0.take();
        finish(async { drop(server) });
    }
}

/// A client that does not care whose server it is.
fn psql(room: &Room, password: &str) -> Command {
    let mut psql = Command::new(room.programs().join("psql"));
    psql.args(["-XAt", "-h", "127.0.0.1", "-U", "vrooli", "-p", &room.port.to_string()]);
    psql.env("PGPASSWORD", password);
    psql
}

/// What tables the foreign server has.
fn tables(room: &Room, password: &str) -> String {
    let sql = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace";
    let output = psql(room, password).args(["-c", sql]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_foreign_server_on_the_port_of_a_stopped_instance_is_told_apart_and_left_alone() {
    let Some((room, docker)) = kept_or_skip() else { return };
    room.run(["manage", "stop"]).done();
    let password = room.recorded("main", "password");
    let foreign = server(&docker, &room, &password);
    let before = running(&docker, foreign.id());

    let status = room.run(["status"]).skipped();
    insta::assert_snapshot!(status, @"
    PostgreSQL: not running
    ✅ Installed: Yes
    ❌ Running: No
    ❌ Healthy: No
    Health: no instance runs
    Port: 5433 (range 5433-5499)
    Endpoint: postgresql://localhost:5433/vrooli

    Instances: 1, running 0, healthy 0
    NAME  STATE    PORT  DATABASE  TEMPLATE     WHY
    main  stopped  5433  vrooli    development  it was shut down; its port is taken by docker-proxy (pid [pid])
    [exit 2]
    ");
    let write = ["content", "execute", "CREATE TABLE ours ()"];
    insta::assert_snapshot!(room.run(write).failed(), @"
    --- stderr
    error: port 5433 of instance `main` is answered by another server
    hint: `resource-postgres status main` tells what became of its own server
    [exit 1]
    ");
    let file = room.file("ours.sql", "CREATE TABLE ours ()");
    insta::assert_snapshot!(room.run(["content", "add", "--type", "schema", "--file", &file]).failed(), @"
    --- stderr
    error: port 5433 of instance `main` is answered by another server
    hint: `resource-postgres status main` tells what became of its own server
    [exit 1]
    ");
    insta::assert_snapshot!(room.run(["manage", "stop"]).skipped(), @"
    --- stderr
    not running
    [exit 2]
    ");
    insta::assert_snapshot!(room.run(["manage", "start", "--wait"]).done(), @"
    --- stderr
    port 5433 of `main` is taken by docker-proxy (pid [pid]): it moves to port 5434
    `main` is running on port 5434
    [exit 0]
    ");
    assert_kept(&room);
    assert_own_server_is_missed(&room);
    room.run(["manage", "uninstall", "--force"]).done();
    assert_eq!(tables(&room, &password), "");
    assert!(running(&docker, foreign.id()) == before, "it is as it was");
}

/// The instance's server runs, and the record leads to the foreign one.
fn assert_own_server_is_missed(room: &Room) {
    let record = room.instance("main").join("config/instance.conf");
    let (own, foreigns) = (format!("port=\"{}\"", room.port + 1), format!("port=\"{}\"", room.port));
    fs::write(&record, fs::read_to_string(&record).unwrap().replace(&own, &foreigns)).unwrap();
    insta::assert_snapshot!(room.run(["status"]).ended(1), @"
    PostgreSQL: unhealthy
    ✅ Installed: Yes
    ✅ Running: Yes
    ❌ Healthy: No
    Health: main is unresponsive: its port is answered by another server; its container `vrooli-postgres-main` does not publish port 5433
    Port: 5433 (range 5433-5499)
    Endpoint: postgresql://localhost:5433/vrooli

    Instances: 1, running 1, healthy 0
    NAME  STATE         PORT  DATABASE  TEMPLATE     WHY
    main  unresponsive  5433  vrooli    development  its port is answered by another server; its container `vrooli-postgres-main` does not publish port 5433
    [exit 1]
    ");
    insta::assert_snapshot!(room.run(["content", "execute", "CREATE TABLE ours ()"]).failed(), @"
    --- stderr
    error: port 5433 of instance `main` is answered by another server
    hint: `resource-postgres status main` tells what became of its own server
    [exit 1]
    ");
    insta::assert_snapshot!(room.run(["manage", "start"]).failed(), @"
    --- stderr
    error: instance `main` is unresponsive: its port is answered by another server; its container `vrooli-postgres-main` does not publish port 5433
    hint: its data is untouched; `resource-postgres logs main` tells more, `manage restart --instance main --force` ends all sessions
    [exit 1]
    ");
    room.run(["manage", "restart"]).done();
    assert_kept(room);
}

#[test]
fn a_record_that_leads_to_a_foreign_server_does_not_make_it_an_instance() {
    let Some((room, docker)) = room_or_skip() else { return };
    let foreign = server(&docker, &room, PASSWORD);
    let before = running(&docker, foreign.id());
    fs::create_dir_all(room.instance("main").join("config")).unwrap();
    let record = format!("port=\"{}\"\npassword=\"{PASSWORD}\"\n", room.port);
    fs::write(room.instance("main").join("config/instance.conf"), record).unwrap();

    insta::assert_snapshot!(room.run(["status"]).ended(1), @"
    PostgreSQL: unhealthy
    ✅ Installed: Yes
    ❌ Running: No
    ❌ Healthy: No
    Health: main is missing: its data directory is missing; its port is taken by docker-proxy (pid [pid])
    Port: 5433 (range 5433-5499)
    Endpoint: postgresql://localhost:5433/vrooli

    Instances: 1, running 0, healthy 0
    NAME  STATE    PORT  DATABASE  TEMPLATE     WHY
    main  missing  5433  vrooli    development  its data directory is missing; its port is taken by docker-proxy (pid [pid])
    [exit 1]
    ");
    insta::assert_snapshot!(room.run(["content", "execute", "CREATE TABLE ours ()"]).failed(), @"
    --- stderr
    error: port 5433 of instance `main` is answered by another server
    hint: `resource-postgres status main` tells what became of its own server
    [exit 1]
    ");
    insta::assert_snapshot!(room.run(["manage", "start"]).failed(), @"
    --- stderr
    error: the data directory of instance `main` is missing: [room]/instances/main/data
    hint: put the data back, or begin anew with `resource-postgres content remove --name main --force`
    [exit 1]
    ");
    insta::assert_snapshot!(room.run(["manage", "restart"]).failed(), @"
    --- stderr
    error: the data directory of instance `main` is missing: [room]/instances/main/data
    hint: put the data back, or begin anew with `resource-postgres content remove --name main --force`
    [exit 1]
    ");
    room.run(["manage", "stop"]).skipped();
    insta::assert_snapshot!(room.run(["manage", "uninstall", "--force"]).done(), @"
    --- stderr
    `main` is removed with its data
    [exit 0]
    ");
    assert_eq!(tables(&room, PASSWORD), "");
    assert!(running(&docker, foreign.id()) == before, "it is as it was");
}

//! The test image, which every other test of this engine believes.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::process::{Command, Output};
use std::time::Duration;

use bollard::Docker;
use bollard::models::{ContainerCreateBody, HostConfig};

use crate::support::docker::{Container, docker_or_skip, finish, published};
use crate::support::image::image;
use crate::support::{Room, eventually_within};

/// How long initdb, the temporary server and the scripts may take.
const READY: Duration = Duration::from_secs(30);

fn body(docker: &Docker, variables: &[&str], host: HostConfig) -> ContainerCreateBody {
    ContainerCreateBody {
        image: Some(image(docker).reference),
        env: Some(variables.iter().map(|&it| it.to_owned()).collect()),
        host_config: Some(host),
        ..Default::default()
    }
}

/// A query by TCP from outside, with a password.
fn ask(room: &Room, port: u16, password: &str, sql: &str) -> Output {
    Command::new(room.programs().join("psql"))
        .args(["-XAt", "-h", "127.0.0.1", "-U", "alice", "-d", "shop", "-c", sql])
        .env("PGPORT", port.to_string())
        .env("PGPASSWORD", password)
        .output()
        .unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn the_test_image_honours_the_official_images_variables() {
    let Some(docker) = docker_or_skip() else { return };
    let room = Room::new();
    let scripts = room.path().join("scripts");
    fs::create_dir(&scripts).unwrap();
    let secret = room.file("secret", "it's $ecret\n");
    room.file("scripts/1.sh", "meaning=42\n");
    room.file(
        "scripts/2.sh",
        "psql --username alice shop --command \"CREATE TABLE orders AS SELECT $meaning AS id\"\n",
    );
    room.file("scripts/3.sql", "CREATE TABLE heard AS SELECT current_setting('listen_addresses') AS \"on\"");
    let binds = [
        format!("{secret}:/run/secrets/password:ro"),
        format!("{}:/docker-entrypoint-initdb.d:ro", scripts.display()),
    ];
    let variables =
        ["POSTGRES_USER=alice", "POSTGRES_DB=shop", "POSTGRES_PASSWORD_FILE=/run/secrets/password"];
    let container = Container::start(&docker, body(&docker, &variables, published(&binds)));
    let port = container.port();

    eventually_within(READY, "the server answers by TCP", || {
        stdout(&ask(&room, port, "it's $ecret", "SELECT id FROM orders")) == "42\n"
    });
    let refused = ask(&room, port, "guessed", "SELECT 1");
    assert!(
        String::from_utf8_lossy(&refused.stderr).contains("password authentication failed"),
        "{refused:?}"
    );
    let heard = "SELECT '[' || \"on\" || ']' FROM heard";
    let inside = container.exec(&["psql", "-XAt", "-U", "alice", "-d", "shop", "-c", heard]);
    assert_eq!((inside.code, inside.text.as_str()), (0, "[]\n"), "the temporary server listened");
    assert_eq!(container.exec(&["cat", "/proc/1/comm"]).text, "postgres\n");
}

#[test]
fn the_test_image_keeps_its_data_and_takes_flags_and_signals() {
    let Some(docker) = docker_or_skip() else { return };
    let mut body = body(&docker, &["POSTGRES_PASSWORD=a"], HostConfig::default());
    body.cmd = Some(["-c", "fsync=off"].map(str::to_owned).to_vec());
    let container = Container::start(&docker, body);
    let psql = |sql| container.exec(&["psql", "-XAt", "-U", "postgres", "-c", sql]);
    let is_up = || container.exec(&["pg_isready", "-h", "127.0.0.1"]).code == 0;

    eventually_within(READY, "the server is up", is_up);
    assert_eq!(psql("SHOW fsync").text, "off\n");
    assert_eq!(psql("CREATE TABLE kept ()").text, "CREATE TABLE\n");
    finish(docker.stop_container(&container.id, None)).unwrap();
    assert_eq!(container.wait(), 0, "the signal reaches the server: {}", container.log());

    finish(docker.start_container(&container.id, None)).unwrap();
    eventually_within(READY, "the server is up again", is_up);
    assert_eq!(psql("SELECT count(*) FROM kept").text, "0\n");
    let log = container.log();
    assert_eq!(log.matches("initialization is skipped").count(), 1, "{log}");
}

#[test]
fn the_test_image_begins_as_a_user_that_its_passwd_file_knows() {
    let Some(docker) = docker_or_skip() else { return };
    let room = Room::new();
    let passwd = room.file("passwd", "somebody:x:4711:4711::/:/bin/sh\n");
    let start = |binds: Vec<String>| {
        let host = HostConfig { binds: Some(binds), ..Default::default() };
        let body = body(&docker, &["POSTGRES_PASSWORD=a", "PGDATA=/data"], host);
        Container::start(&docker, ContainerCreateBody { user: Some("4711:4711".to_owned()), ..body })
    };
    let data = room.path().join("data");
    fs::create_dir(&data).unwrap();
    chown(&data, Some(4711), Some(4711)).unwrap();
    let known = start(vec![format!("{passwd}:/etc/passwd:ro"), format!("{}:/data", data.display())]);
    eventually_within(READY, "the server is up", || known.exec(&["pg_isready", "-h", "127.0.0.1"]).code == 0);
    assert_eq!(fs::metadata(&data).unwrap().mode() & 0o777, 0o700);

    let unknown = start(Vec::new());
    assert_eq!(unknown.wait(), 1);
    let log = unknown.log();
    assert!(log.contains("could not look up effective user ID 4711"), "{log}");
}

#[test]
fn the_test_image_runs_any_other_program_as_it_is() {
    let Some(docker) = docker_or_skip() else { return };
    for (words, said) in [(&["id", "-u"][..], "0"), (&["postgres", "--version"], "postgres (PostgreSQL)")] {
        let cmd = Some(words.iter().map(|&it| it.to_owned()).collect());
        let body = ContainerCreateBody { cmd, ..body(&docker, &[], HostConfig::default()) };
        let container = Container::start(&docker, body);
        assert_eq!(container.wait(), 0);
        assert!(container.log().starts_with(said), "{}", container.log());
    }
}

#[test]
fn the_test_image_refuses_to_begin_without_a_password() {
    let Some(docker) = docker_or_skip() else { return };
    insta::assert_snapshot!(refused(&docker, &[]), @"
    error: the data directory is empty, and there is no password to initialize it with
    hint: set POSTGRES_PASSWORD, or POSTGRES_HOST_AUTH_METHOD=trust to let everybody in
    ");
}

#[test]
fn the_test_image_refuses_a_password_that_is_given_twice() {
    let Some(docker) = docker_or_skip() else { return };
    let variables = ["POSTGRES_PASSWORD=a", "POSTGRES_PASSWORD_FILE=/etc/passwd"];
    insta::assert_snapshot!(refused(&docker, &variables), @"error: POSTGRES_PASSWORD and POSTGRES_PASSWORD_FILE are both set, and only one may be");
}

/// What a container said that ended before it began.
fn refused(docker: &Docker, variables: &[&str]) -> String {
    let container = Container::start(docker, body(docker, variables, HostConfig::default()));
    assert_eq!(container.wait(), 1);
    container.log()
}

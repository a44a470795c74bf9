//! Servers that live and do not serve: full, or hung. The truth is told in time, and nothing is done to their data.

use std::time::{Duration, Instant};

use resource_postgres::pg::connect::{At, Session, Target, connect};
use resource_postgres::secret::Secret;
use tokio::runtime::Runtime;

use crate::support::{Room, eventually, kill, pids_below};

/// Sessions of the superuser, which take the connections that are reserved for it as well.
struct Crowd {
    runtime: Runtime,
    sessions: Vec<Session>,
}

impl Crowd {
    fn new() -> Self {
        Self { runtime: Runtime::new().unwrap(), sessions: Vec::new() }
    }

    fn join(&mut self, room: &Room, instance: &str) {
        let at = At::Tcp(room.recorded(instance, "port").parse().unwrap());
        let password = Secret::new(room.recorded(instance, "password"));
        let target = Target::new(at, "vrooli", Some(password), "postgres");
        let session = self.runtime.block_on(connect(&target, Duration::from_secs(5), Box::new(|_| ())));
        self.sessions.extend(session);
    }
}

#[test]
fn a_server_that_is_full_is_running_and_refusing_and_its_data_is_left_alone() {
    let room = Room::up();
    for sql in ["ALTER SYSTEM SET max_connections = 5", "CREATE TABLE kept AS SELECT 42 AS answer"] {
        room.run(["content", "execute", sql]).done();
    }
    room.run(["manage", "restart"]).done();
    let server = room.pid("main");
    let mut crowd = Crowd::new();
    eventually("the server is full", || {
        crowd.join(&room, "main");
        room.state("main") == "unresponsive"
    });
    insta::assert_snapshot!(room.run(["status"]), @"
    PostgreSQL: unhealthy
    ✅ Installed: Yes
    ✅ Running: Yes
    ❌ Healthy: No
    Health: main is unresponsive: running, refusing: sorry, too many clients already (SQLSTATE 53300)
    Port: 5433 (range 5433-5499)
    Endpoint: postgresql://localhost:5433/vrooli

    Instances: 1, running 1, healthy 0
    NAME  STATE         PORT  DATABASE  TEMPLATE     WHY
    main  unresponsive  5433  vrooli    development  running, refusing: sorry, too many clients already (SQLSTATE 53300)
    [exit 1]
    ");
    insta::assert_snapshot!(room.run(["manage", "start"]).failed(), @"
    --- stderr
    error: instance `main` is unresponsive: running, refusing: sorry, too many clients already (SQLSTATE 53300)
    hint: its data is untouched; `resource-postgres logs main` tells more, `manage restart --instance main --force` ends all sessions
    [exit 1]
    ");
    insta::assert_snapshot!(room.run(["up"]).failed(), @"
    --- stderr
    error: instance `main` is unresponsive: running, refusing: sorry, too many clients already (SQLSTATE 53300)
    hint: its data is untouched; `resource-postgres logs main` tells more, `manage restart --instance main --force` ends all sessions
    [exit 1]
    ");
    insta::assert_snapshot!(room.run(["content", "execute", "SELECT 1"]).failed(), @"
    --- stderr
    error: connecting to database `vrooli` of instance `main`: sorry, too many clients already (SQLSTATE 53300)
    [exit 1]
    ");
    assert_eq!(room.pid("main"), server);
    drop(crowd);
    eventually("the server serves again", || room.state("main") == "running");
    assert_eq!(room.value("main", "SELECT answer FROM kept"), "42");
}

/// How long the command takes, and what it answers.
fn timed(room: &Room, args: &[&str]) -> (Duration, serde_json::Value) {
    let begun = Instant::now();
    let answer = room.run(args);
    (begun.elapsed(), answer.ended(1).json())
}

#[test]
fn one_hung_server_does_not_hold_the_answers_of_the_others() {
    let room = Room::up();
    for name in ["second", "third"] {
        room.run(["content", "create-instance", name, "--template", "minimal"]).done();
    }
    kill(room.pid("second"), "STOP");
    let (whole, report) = timed(&room, &["status", "--format", "json", "--verbose"]);
    let states = |report: &serde_json::Value| -> Vec<String> {
        report["instances"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["state"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(states(&report), ["running", "unresponsive", "running"]);
    assert!(report["health_message"].as_str().unwrap().contains("no answer within 2000 ms"), "{report}");
    assert!(whole < Duration::from_secs(4), "{whole:?}");
    let (fast, report) = timed(&room, &["status", "--format", "json", "--fast"]);
    assert_eq!(states(&report), ["running", "unresponsive", "running"]);
    assert!(fast < whole, "{fast:?} {whole:?}");
    kill(room.pid("second"), "CONT");
    eventually("it answers again", || room.state("second") == "running");
}

#[test]
fn a_hung_server_is_not_started_again_and_can_be_stopped() {
    let room = Room::up();
    kill(room.pid("main"), "STOP");
    insta::assert_snapshot!(room.run(["manage", "start"]).failed(), @"
    --- stderr
    error: instance `main` is unresponsive: its server lives and does not answer: no answer within 2000 ms
    hint: its data is untouched; `resource-postgres logs main` tells more, `manage restart --instance main --force` ends all sessions
    [exit 1]
    ");
    room.run(["manage", "stop"]).done();
    assert_eq!(room.state("main"), "stopped");
}

#[test]
fn a_server_whose_every_process_hangs_is_ended_by_force() {
    let room = Room::up();
    for pid in pids_below(&room.data("main")) {
        kill(pid, "STOP");
    }
    room.run(["manage", "stop", "--force"]).done();
    assert_eq!(room.state("main"), "stopped");
    room.run(["manage", "start", "--wait"]).done();
}

//! Servers that die: no committed row is lost, and nothing has to be cleaned up by hand.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{Room, eventually, is_root, kill, pids_below};

#[test]
fn a_killed_server_is_told_as_crashed_and_its_start_replays_every_committed_row() {
    let room = Room::up();
    room.run(["content", "execute", "CREATE TABLE kept AS SELECT 42 AS answer"]).done();
    kill(room.pid("main"), "KILL");
    eventually("the killed server is gone", || room.state("main") == "crashed");
    insta::assert_snapshot!(room.run(["status"]), @"
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
    insta::assert_snapshot!(room.run(["manage", "start", "--wait"]), @"
    --- stderr
    `main` is running on port 5433
    [exit 0]
    ");
    assert_eq!(room.value("main", "SELECT answer FROM kept"), "42");
    assert!(room.log("main").contains("redo done"), "{}", room.log("main"));
}

#[test]
fn a_crashed_instance_is_started_before_it_is_cloned() {
    let room = Room::up();
    kill(room.pid("main"), "KILL");
    eventually("the killed server is gone", || room.state("main") == "crashed");
    insta::assert_snapshot!(room.run(["content", "clone", "main", "copy"]).failed(), @"
    --- stderr
    error: instance `main` is crashed
    hint: `resource-postgres start --instance main` starts it
    [exit 1]
    ");
    assert!(!room.instance("copy").exists());
}

#[test]
fn a_killed_child_of_the_server_does_not_need_us() {
    let room = Room::up();
    let server = room.pid("main");
    let child = pids_below(&room.data("main")).into_iter().find(|it| *it != server).unwrap();
    kill(child, "KILL");
    eventually("the server has noticed", || room.log("main").contains("all server processes terminated"));
    eventually("the server has recovered by itself", || room.state("main") == "running");
    assert_eq!(room.pid("main"), server);
    room.run(["manage", "start", "--wait"]).skipped();
}

#[test]
fn a_start_ends_the_busy_session_that_a_killed_server_left_behind() {
    let room = Room::up();
    let mut busy = room.spawn(["content", "execute", "DO $$ BEGIN LOOP END LOOP; END $$"]);
    let sessions = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'DO %'";
    eventually("the session is busy", || room.value("main", sessions) == "1");
    kill(room.pid("main"), "KILL");
    room.run(["manage", "start", "--wait", "--timeout", "10"]).done();
    assert_eq!(room.value("main", sessions), "0");
    assert!(!busy.wait().unwrap().success());
}

#[test]
fn a_start_that_waits_for_a_server_ends_when_that_server_dies() {
    let room = Room::up();
    room.run(["manage", "stop"]).done();
    let mut hidden = hidden_server(&room, "main");
    eventually("it is coming up", || room.state("main") == "starting");
    let waiting = room.spawn(["manage", "start", "--wait", "--timeout", "60"]);
    let lock = room.instances().join(".locks/main.lock");
    let holder = format!("manage start (pid {})", waiting.id());
    eventually("the start has begun", || fs::read_to_string(&lock).unwrap() == holder);
    std::thread::sleep(Duration::from_millis(300));
    kill(hidden.id().try_into().unwrap(), "KILL");
    hidden.wait().unwrap();
    let begun = Instant::now();
    insta::assert_snapshot!(room.wait(waiting), @"
    --- stderr
    error: the server of instance `main` ended while it started: its process is gone
    hint: the data is untouched; `resource-postgres logs main` tells more
    [exit 1]
    ");
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    room.run(["manage", "start", "--wait"]).done();
}

/// A server of the instance that somebody has started so that it does not listen on its port.
fn hidden_server(room: &Room, instance: &str) -> Child {
    let programs = room.run(["programs"]).done().stdout;
    let bin = programs.trim().rsplit_once(" in ").unwrap().1;
    let owner = fs::metadata(room.data(instance)).unwrap();
    let mut server = Command::new(format!("{bin}/postgres"));
    server.arg("-D").arg(room.data(instance)).arg("-k").arg(room.instance(instance).join("run"));
    server.args(["-c", "listen_addresses=", "-p", "5432"]);
    server.stdin(Stdio::null()).stderr(Stdio::null()).current_dir("/");
    if is_root() {
        server.uid(owner.uid()).gid(owner.gid());
    }
    server.spawn().unwrap()
}

#[test]
fn after_a_power_cut_one_command_brings_every_instance_back() {
    let room = Room::up();
    for name in ["second", "third"] {
        room.run(["content", "create-instance", name, "--template", "minimal"]).done();
    }
    for pid in pids_below(&room.instances()) {
        kill(pid, "KILL");
    }
    eventually("all servers are gone", || pids_below(&room.instances()).is_empty());
    for name in ["main", "second", "third"] {
        assert!(room.data(name).join("postmaster.pid").exists(), "a power cut leaves pid files");
    }
    insta::assert_snapshot!(room.run(["manage", "start", "--all"]), @"
    --- stderr
    `main` is running on port 5433
    `second` is running on port 5434
    `third` is running on port 5435
    [exit 0]
    ");
    insta::assert_snapshot!(room.run(["content", "list-instances"]), @"
    NAME    STATE    PORT  DATABASE  TEMPLATE     WHY
    main    running  5433  vrooli    development  it answers queries
    second  running  5434  vrooli    minimal      it answers queries
    third   running  5435  vrooli    minimal      it answers queries
    [exit 0]
    ");
}

#[test]
fn a_killed_servers_shared_memory_goes_with_its_data() {
    let room = Room::up();
    kill(room.pid("main"), "KILL");
    eventually("the server is gone", || pids_below(&room.instances()).is_empty());
    let pid_file = fs::read_to_string(room.data("main").join("postmaster.pid")).unwrap();
    let segment: Vec<String> =
        pid_file.lines().nth(6).unwrap().split_whitespace().map(str::to_owned).collect();
    let is_there = || {
        let all = fs::read_to_string("/proc/sysvipc/shm").unwrap();
        all.lines().any(|line| line.split_whitespace().take(2).eq(segment.iter()))
    };
    assert!(is_there(), "a killed server leaves its segment");
    room.run(["manage", "uninstall", "--force"]).done();
    assert!(!is_there());
}

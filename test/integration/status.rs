//! `status`.

use std::fs;

use crate::support::{Room, kill};

/// The order of upstream's fields, which callers rely on, and ours behind them.
const KEYS: [&str; 20] = [
    "name",
    "category",
    "description",
    "installed",
    "running",
    "healthy",
    "health_message",
    "total_instances",
    "running_instances",
    "healthy_instances",
    "port",
    "database",
    "user",
    "connection_string",
    "image",
    "max_instances",
    "port_range_start",
    "port_range_end",
    "status",
    "instances",
];

#[test]
fn status_of_what_runs_is_0_in_every_format() {
    let room = Room::up();
    insta::assert_snapshot!(room.run(["status"]).meets("status.exit_codes.0"), @"
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
    insta::assert_snapshot!(room.run(["status", "--format", "json"]).done(), @r#"
    {"name":"postgres","category":"storage","description":"Isolated PostgreSQL instances","installed":true,"running":true,"healthy":true,"health_message":"all instances that should run answer queries","total_instances":1,"running_instances":1,"healthy_instances":1,"port":5433,"database":"vrooli","user":"vrooli","connection_string":"postgresql://vrooli@localhost:5433/vrooli","image":"postgres:16-alpine","max_instances":67,"port_range_start":5433,"port_range_end":5499,"status":"healthy","instances":[{"name":"main","state":"running","healthy":true,"message":"it answers queries","port":5433,"database":"vrooli","user":"vrooli","template":"development","engine":"[engine]","desired":"running"}]}
    [exit 0]
    "#);
    insta::assert_snapshot!(room.run(["status", "--format", "yaml"]).done(), @"
    name: postgres
    category: storage
    description: Isolated PostgreSQL instances
    installed: true
    running: true
    healthy: true
    health_message: all instances that should run answer queries
    total_instances: 1
    running_instances: 1
    healthy_instances: 1
    port: 5433
    database: vrooli
    user: vrooli
    connection_string: postgresql://vrooli@localhost:5433/vrooli
    image: postgres:16-alpine
    max_instances: 67
    port_range_start: 5433
    port_range_end: 5499
    status: healthy
    instances:
    - name: main
      state: running
      healthy: true
      message: it answers queries
      port: 5433
      database: vrooli
      user: vrooli
      template: development
      engine: [engine]
      desired: running
    [exit 0]
    ");
}

#[test]
fn status_in_json_is_one_line_with_its_fields_in_order_and_a_silent_stderr() {
    let room = Room::up();
    for args in [&["--format", "json"][..], &["--json"], &["--json", "--fast"], &["--fast", "--format=json"]]
    {
        let answer = room.run(["status"].iter().chain(args)).done();
        let report = answer.json();
        let keys: Vec<&String> = report.as_object().unwrap().keys().collect();
        assert_eq!(keys, KEYS, "{args:?}");
        assert_eq!((answer.stdout.lines().count(), answer.stderr.as_str()), (1, ""), "{args:?}");
    }
}

#[test]
fn status_of_what_is_stopped_is_2_in_every_format() {
    let room = Room::up();
    room.run(["stop"]).done();
    insta::assert_snapshot!(room.run(["status"]).meets("status.exit_codes.2"), @"
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
    insta::assert_snapshot!(room.run(["status", "--format", "json"]).skipped(), @r#"
    {"name":"postgres","category":"storage","description":"Isolated PostgreSQL instances","installed":true,"running":false,"healthy":false,"health_message":"no instance runs","total_instances":1,"running_instances":0,"healthy_instances":0,"port":5433,"database":"vrooli","user":"vrooli","connection_string":"postgresql://vrooli@localhost:5433/vrooli","image":"postgres:16-alpine","max_instances":67,"port_range_start":5433,"port_range_end":5499,"status":"not running","instances":[{"name":"main","state":"stopped","healthy":false,"message":"it was shut down","port":5433,"database":"vrooli","user":"vrooli","template":"development","engine":"[engine]","desired":"stopped"}]}
    [exit 2]
    "#);
    insta::assert_snapshot!(room.run(["status", "--format", "yaml"]).skipped(), @"
    name: postgres
    category: storage
    description: Isolated PostgreSQL instances
    installed: true
    running: false
    healthy: false
    health_message: no instance runs
    total_instances: 1
    running_instances: 0
    healthy_instances: 0
    port: 5433
    database: vrooli
    user: vrooli
    connection_string: postgresql://vrooli@localhost:5433/vrooli
    image: postgres:16-alpine
    max_instances: 67
    port_range_start: 5433
    port_range_end: 5499
    status: not running
    instances:
    - name: main
      state: stopped
      healthy: false
      message: it was shut down
      port: 5433
      database: vrooli
      user: vrooli
      template: development
      engine: [engine]
      desired: stopped
    [exit 2]
    ");
}

#[test]
fn status_of_what_is_not_installed_is_2() {
    let room = Room::new();
    insta::assert_snapshot!(room.run(["status"]).skipped(), @"
    PostgreSQL: not installed
    ❌ Installed: No
    ❌ Running: No
    ❌ Healthy: No
    Health: not installed
    Port: 5433 (range 5433-5499)
    Endpoint: postgresql://localhost:5433/vrooli
    [exit 2]
    ");
    room.run(["status", "main"]).skipped();
    let keys: Vec<String> =
        room.run(["status", "--json"]).skipped().json().as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, KEYS);
}

#[test]
fn status_of_a_server_that_does_not_answer_is_1_with_a_whole_report() {
    let room = Room::up();
    kill(room.pid("main"), "STOP");
    insta::assert_snapshot!(room.run(["status", "--fast"]).meets("status.exit_codes.1"), @"
    PostgreSQL: unhealthy
    ✅ Installed: Yes
    ✅ Running: Yes
    ❌ Healthy: No
    Health: main is unresponsive: its server lives and does not answer: no answer within 500 ms
    Port: 5433 (range 5433-5499)
    Endpoint: postgresql://localhost:5433/vrooli

    Instances: 1, running 1, healthy 0
    NAME  STATE         PORT  DATABASE  TEMPLATE     WHY
    main  unresponsive  5433  vrooli    development  its server lives and does not answer: no answer within 500 ms
    [exit 1]
    ");
    let report = room.run(["status", "--json", "--fast"]).ended(1).json();
    assert_eq!((&report["running"], &report["healthy"]), (&true.into(), &false.into()));
}

#[test]
fn an_instance_that_was_stopped_on_purpose_does_not_make_the_resource_unhealthy() {
    let room = Room::up();
    room.run(["content", "create-instance", "shop", "--template", "minimal"]).done();
    room.run(["manage", "stop", "--instance", "shop"]).done();
    insta::assert_snapshot!(room.run(["status"]).done(), @"
    PostgreSQL: healthy
    ✅ Installed: Yes
    ✅ Running: Yes
    ✅ Healthy: Yes
    Health: all instances that should run answer queries
    Port: 5433 (range 5433-5499)
    Endpoint: postgresql://localhost:5433/vrooli

    Instances: 2, running 1, healthy 1
    NAME  STATE    PORT  DATABASE  TEMPLATE     WHY
    main  running  5433  vrooli    development  it answers queries
    shop  stopped  5434  vrooli    minimal      it was shut down
    [exit 0]
    ");

    room.run(["status", "main"]).done();
    insta::assert_snapshot!(room.run(["status", "shop"]).skipped(), @"
    PostgreSQL: not running
    ✅ Installed: Yes
    ❌ Running: No
    ❌ Healthy: No
    Health: no instance runs
    Port: 5434 (range 5433-5499)
    Endpoint: postgresql://localhost:5434/vrooli

    Instances: 1, running 0, healthy 0
    NAME  STATE    PORT  DATABASE  TEMPLATE  WHY
    shop  stopped  5434  vrooli    minimal   it was shut down
    [exit 2]
    ");
    room.run(["status", "--instance", "shop"]).skipped();
    room.run(["status", "--all"]).done();
}

#[test]
fn status_of_an_unknown_instance_fails() {
    let room = Room::new();
    insta::assert_snapshot!(room.run(["status", "shop"]).failed(), @"
    --- stderr
    error: there is no instance `shop`
    hint: `resource-postgres content create-instance shop` creates it
    [exit 1]
    ");
    room.run(["manage", "install"]).done();
    insta::assert_snapshot!(room.run(["status", "--instance", "shop"]).failed(), @"
    --- stderr
    error: there is no instance `shop`
    hint: there are: main
    [exit 1]
    ");
    insta::assert_snapshot!(room.run(["status", "--json", "shop"]).failed(), @"
    --- stderr
    error: there is no instance `shop`
    hint: there are: main
    [exit 1]
    ");
}

#[test]
fn verbose_adds_version_uptime_connections_sizes_and_disk() {
    let room = Room::up();
    let answer = room.run(["status", "--verbose"]).done();
    let answer = answer.hiding(r"\d+ [KMG]iB", "[size]").hiding(r"uptime +\d+ s", "uptime [time]");
    insta::assert_snapshot!(answer, @"
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
      uptime [time]
      connections     1 of 100
      database        postgres ([size])
      database        template1 ([size])
      database        vrooli ([size])
      data directory  [room]/instances/main/data
      disk free       [size]
    [exit 0]
    ");

    let report = room.run(["status", "--verbose", "--json"]).done().json();
    let main = &report["instances"][0];
    assert_eq!(main["max_connections"], 100);
    assert_eq!(main["data_directory"], room.data("main").display().to_string());
    for (key, least) in [("uptime_seconds", 0), ("connections", 1), ("disk_free_bytes", 1)] {
        assert!(main[key].as_u64().unwrap() >= least, "{key} of {main}");
    }
    let databases: Vec<_> = main["databases"].as_array().unwrap().iter().map(|it| &it["name"]).collect();
    assert_eq!(databases, ["postgres", "template1", "vrooli"]);
}

#[test]
fn verbose_says_of_a_stopped_instance_what_can_be_known() {
    let room = Room::up();
    room.run(["stop"]).done();
    let answer = room.run(["status", "--verbose"]).skipped().hiding(r"\d+ [KMG]iB", "[size]");
    insta::assert_snapshot!(answer.hiding(r"version +\d+", "version [version]"), @"
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
      version [version]
      data directory  [room]/instances/main/data
      disk free       [size]
    [exit 2]
    ");
}

#[test]
fn a_record_that_cannot_be_read_is_named_and_does_not_hide_the_others() {
    let room = Room::up();
    room.run(["content", "create-instance", "shop"]).done();
    fs::write(room.instance("shop").join("config/instance.conf"), "port=\"lots\"\n").unwrap();
    insta::assert_snapshot!(room.run(["status"]).ended(1), @"
    PostgreSQL: unhealthy
    ✅ Installed: Yes
    ✅ Running: Yes
    ❌ Healthy: No
    Health: the record of instance `shop` in [room]/instances/shop/config/instance.conf cannot be used: port `lots` is not a port number
    Port: 5433 (range 5433-5499)
    Endpoint: postgresql://localhost:5433/vrooli

    Instances: 2, running 1, healthy 1
    NAME  STATE    PORT  DATABASE  TEMPLATE     WHY
    main  running  5433  vrooli    development  it answers queries
    shop  missing  0                            the record of instance `shop` in [room]/instances/shop/config/instance.conf cannot be used: port `lots` is not a port number
    [exit 1]
    ");
    let report = room.run(["status", "--format", "json"]).ended(1).json();
    assert_eq!(report["instances"][0]["state"], "running");
    insta::assert_snapshot!(room.run(["status", "shop"]).failed(), @"
    --- stderr
    error: the record of instance `shop` in [room]/instances/shop/config/instance.conf cannot be used: port `lots` is not a port number
    hint: correct the file, or restore it from a backup
    [exit 1]
    ");
}

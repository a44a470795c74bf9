//! `manage install`.

use std::fs;

use resource_postgres::runtime::Kind;

use crate::support::Room;

#[test]
fn install_creates_main_proves_it_and_leaves_it_stopped_and_startable() {
    let room = Room::new();
    insta::assert_snapshot!(room.run(["manage", "install"]).meets("manage.install.exit_codes.0"), @"
    --- stderr
    `main` is created on port 5433 and has answered a query; it is stopped
    next: resource-postgres manage start
    [exit 0]
    ");
    assert_eq!(room.state("main"), "stopped");
    assert_eq!(room.recorded("main", "desired"), "stopped");
    room.run(["manage", "start"]).done();
}

#[test]
fn installing_what_is_installed_is_skipped_and_changes_nothing() {
    let room = Room::up();
    let record = || fs::read_to_string(room.instance("main").join("config/instance.conf")).unwrap();
    let (before, pid) = (record(), room.pid("main"));
    insta::assert_snapshot!(room.run(["manage", "install"]).meets("manage.install.exit_codes.2"), @"
    --- stderr
    already installed
    [exit 2]
    ");
    room.run(["manage", "install", "--force", "--verbose"]).skipped();
    room.run(["manage", "install", "--skip-validation"]).skipped();
    assert_eq!((record(), room.pid("main")), (before, pid));
}

#[test]
fn install_never_writes_over_data_without_a_record() {
    let room = Room::new();
    fs::create_dir_all(room.data("main")).unwrap();
    fs::write(room.data("main").join("precious"), "mine").unwrap();
    insta::assert_snapshot!(room.run(["manage", "install"]).failed(), @"
    --- stderr
    error: [room]/instances/main/data holds files, and no record says that it is ours: it is left as it is
    hint: move it away, or choose another name
    [exit 1]
    ");
    assert_eq!(fs::read_to_string(room.data("main").join("precious")).unwrap(), "mine");
}

#[test]
fn an_installation_without_validation_is_proved_by_its_first_start() {
    let room = Room::new();
    insta::assert_snapshot!(room.run(["manage", "install", "--skip-validation"]).done(), @"
    --- stderr
    `main` is made on port 5433; its first start proves it
    next: resource-postgres manage start
    [exit 0]
    ");
    assert!(!room.instance("main").join("log/postgresql.log").exists(), "it was booted");
    insta::assert_snapshot!(room.run(["manage", "install", "--skip-validation"]).skipped(), @"
    --- stderr
    already installed
    [exit 2]
    ");
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
    main  stopped  5433  vrooli    development  its first start will prove it
    [exit 2]
    ");
    insta::assert_snapshot!(room.run(["manage", "start"]).done(), @"
    --- stderr
    `main` is running on port 5433
    [exit 0]
    ");
    assert_eq!(room.state("main"), "running");
    assert_eq!(room.value("main", "SELECT 7"), "7");
}

#[test]
fn what_its_user_does_to_an_unproved_installation_is_kept() {
    let room = Room::new();
    room.run(["manage", "install", "--skip-validation"]).done();
    let file = room.instance("main").join("config/postgresql.conf");
    let template = fs::read_to_string(&file).unwrap();
    room.run(["content", "add", "query", "--file", &room.file("q.sql", "SELECT 1")]).done();
    fs::write(&file, format!("{template}\nmax_connections = few\n")).unwrap();
    insta::assert_snapshot!(room.run(["manage", "start"]).failed().hiding(r"line \d+", "line [number]"), @r#"
    --- stderr
    error: the configuration of instance `main` is not valid: invalid value for parameter "max_connections": "few" ([room]/instances/main/config/postgresql.conf line [number])
    hint: correct the line; a running server goes on with its old configuration
    [exit 1]
    "#);

    fs::write(&file, format!("{template}\nmax_connections = 33\n")).unwrap();
    room.run(["manage", "start"]).done();
    assert_eq!(room.value("main", "SHOW max_connections"), "33");
    room.run(["content", "execute", "--name", "q.sql"]).done();
}

#[test]
fn an_installation_that_was_interrupted_is_not_taken_for_an_unproved_one() {
    let room = Room::new();
    let mut interrupted = room.command(["manage", "install"]);
    let output = interrupted.env("RESOURCE_POSTGRES_KILL_AT", "recorded").output().unwrap();
    insta::assert_snapshot!(room.answer(&interrupted, &output), @"[killed]");
    insta::assert_snapshot!(room.run(["manage", "install", "--skip-validation"]).done(), @"
    --- stderr
    `main` is made on port 5433; its first start proves it
    next: resource-postgres manage start
    [exit 0]
    ");
    room.run(["manage", "start"]).done();
}

#[test]
fn an_installation_finds_the_data_that_an_uninstall_has_kept() {
    let room = Room::up();
    let password = room.recorded("main", "password");
    room.run(["content", "execute", "CREATE TABLE kept AS SELECT 42 AS answer"]).done();
    room.run(["manage", "uninstall", "--keep-data"]).done();
    insta::assert_snapshot!(room.run(["manage", "install"]).done(), @"
    --- stderr
    `main` is back in use with the data that was kept, on port 5433
    next: resource-postgres manage start
    [exit 0]
    ");
    room.run(["manage", "start"]).done();
    assert_eq!(room.value("main", "SELECT answer FROM kept"), "42");
    assert_eq!(room.recorded("main", "password"), password);
}

#[test]
fn install_says_with_verbose_what_the_server_is_run_from() {
    let room = Room::new();
    let answer = room.run(["manage", "install", "--force", "--verbose"]).done();
    let runs_from = match room.kind {
        Kind::Native => format!("postgres .* in {}", room.programs().display()),
        Kind::Docker => r"image postgres:16-alpine \(\[digest\]\)".to_owned(),
    };
    insta::assert_snapshot!(answer.hiding(&runs_from, "[programs or image]"), @"
    --- stderr
    using [programs or image]
    `main` is created on port 5433 and has answered a query; it is stopped
    next: resource-postgres manage start
    [exit 0]
    ");
}

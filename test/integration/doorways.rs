//! The shell's doorways: `cli.sh`, also by a link on PATH, and the functions of `lib/` and `config/`.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use crate::support::{Answer, Room, binary};

/// A room for shell callers: `cli.sh` is on PATH as `resource-postgres`, and runs the program under test.
fn shell_room() -> Room {
    let mut room = Room::new();
    let bin = room.path().join("bin");
    std::fs::create_dir(&bin).unwrap();
    symlink(checkout().join("cli.sh"), bin.join("resource-postgres")).unwrap();
    room.set("POSTGRES_RESOURCE_BIN", &binary().display().to_string());
    room.set("PATH", &format!("{}:/usr/bin:/bin", bin.display()));
    room
}

fn checkout() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs a script with the functions of the resource's files.
fn bash(room: &Room, sources: &[&str], script: &str) -> Answer {
    let sources = sources.iter().map(|it| format!("source '{}/{it}'; ", checkout().display()));
    let script = format!("set -euo pipefail; {}{script}", sources.collect::<String>());
    let mut command: Command = room.command_of(Path::new("/bin/bash"), ["-c", &script]);
    let output = command.output().unwrap();
    room.answer(&command, &output)
}

#[test]
fn a_link_to_cli_sh_is_the_program_with_its_output_and_exit_codes() {
    let room = shell_room();
    assert!(bash(&room, &[], "resource-postgres help").done().stdout.contains("Usage examples:"));
    insta::assert_snapshot!(bash(&room, &[], "resource-postgres frobnicate"), @"
    --- stderr
    error: unrecognized subcommand 'frobnicate'
    hint: see `resource-postgres --help`
    [exit 1]
    ");
    insta::assert_snapshot!(bash(&room, &[], "resource-postgres manage stop"), @"
    --- stderr
    not running
    [exit 2]
    ");
    bash(&room, &[], "resource-postgres up").done();
    insta::assert_snapshot!(bash(&room, &[], "resource-postgres content execute \"SELECT 'a  b' AS kept_as_it_is\""), @"
     kept_as_it_is 
    ---------------
     a  b
    (1 row)

    [exit 0]
    ");
    insta::assert_snapshot!(bash(&room, &[], "echo 'SELECT 1 AS piped' | resource-postgres content execute"), @"
     piped 
    -------
         1
    (1 row)

    [exit 0]
    ");
}

#[test]
fn shell_functions_ask_and_drive_the_resource() {
    let room = shell_room();
    let common = &["lib/common.sh"];
    bash(&room, common, "postgres::common::is_running main").skipped();
    bash(&room, common, "postgres::common::container_exists").ended(1);
    bash(&room, &["lib/core.sh"], "postgres::core::install && postgres::core::start --wait").done();
    bash(&room, common, "postgres::common::is_running main; postgres::common::is_running").done();
    bash(&room, common, "postgres::common::container_exists main").done();
    bash(&room, common, "postgres::common::is_running shop").ended(1);
    insta::assert_snapshot!(bash(&room, &["lib/database.sh"], "postgres::database::execute main '-- one
SELECT 1 AS one' postgres"), @"
     one 
    -----
       1
    (1 row)

    [exit 0]
    ");
    bash(&room, &["lib/core.sh"], "postgres::core::stop; postgres::core::status >/dev/null").skipped();
}

#[test]
fn settings_of_a_shell_caller_reach_the_program() {
    let room = shell_room();
    let script = "POSTGRES_DEFAULT_USER=owner; resource-postgres up >/dev/null; \
                  resource-postgres credentials | grep User; echo $POSTGRES_MAX_INSTANCES $POSTGRES_DEFAULT_DB";
    insta::assert_snapshot!(bash(&room, &["config/exports.sh"], script), @"
    User: owner
    67 vrooli
    --- stderr
    `main` is created and running on port 5433
    [exit 0]
    ");
}

#[test]
fn a_program_that_is_not_there_is_said() {
    let mut room = shell_room();
    room.set("POSTGRES_RESOURCE_BIN", "/nowhere/resource-postgres");
    insta::assert_snapshot!(bash(&room, &[], "resource-postgres help"), @"
    --- stderr
    resource-postgres: POSTGRES_RESOURCE_BIN names /nowhere/resource-postgres, which is no program
    [exit 1]
    ");
}

#[test]
fn every_function_for_databases_does_what_it_says() {
    let room = shell_room();
    let database = &["lib/database.sh", "lib/common.sh", "lib/database.sh"];
    bash(&room, &["lib/core.sh"], "postgres::core::up >/dev/null").done();
    let run = |script: &str| bash(&room, database, script);
    run("postgres::database::create main stock; postgres::database::create main stock").done();
    run("postgres::database::create_user main app 'p w' stock; postgres::database::create_user main web")
        .done();
    let schema = room.file("schema.sql", "CREATE TABLE item (id int)");
    run(&format!("postgres::database::execute_file main '{schema}' stock")).done();
    std::fs::create_dir(room.path().join("changes")).unwrap();
    room.file("changes/001.sql", "ALTER TABLE item ADD name text");
    room.file("changes/002.sql", "ALTER TABLE item ADD price int");
    run("postgres::database::migrate main changes stock; postgres::database::migrate main changes stock")
        .done();
    assert_eq!(
        run("postgres::database::execute main 'SELECT count(*) FROM schema_migrations' stock")
            .done()
            .stdout
            .lines()
            .nth(2),
        Some("     2")
    );
    let seed = room.file("seed.sql", "INSERT INTO item VALUES (1, 'cup', 2)");
    run(&format!(
        "postgres::database::seed main '{seed}' stock; postgres::database::seed main '{seed}' stock"
    ))
    .done();
    let rows = run("postgres::database::execute main 'SELECT * FROM item' stock").done();
    insta::assert_snapshot!(rows, @"
     id | name | price 
    ----+------+-------
      1 | cup  |     2
    (1 row)

    [exit 0]
    ");
    insta::assert_snapshot!(run("postgres::database::list main").done(), @"
    postgres
    stock
    vrooli
    [exit 0]
    ");
    run("postgres::database::dump_schema main schema.out stock; postgres::database::dump_data main all.out stock").done();
    let dumped = |name: &str| std::fs::read_to_string(room.path().join(name)).unwrap();
    assert!(dumped("schema.out").contains("CREATE TABLE") && !dumped("schema.out").contains("cup"));
    assert!(dumped("all.out").contains("cup"));
    // Content of a database's name is another thing.
    let namesake = room.file("stock", "no database");
    bash(&room, &[], &format!("resource-postgres content add --type data --file '{namesake}'")).done();
    run("postgres::database::dump_schema main schema.out stock").done();
    assert!(dumped("schema.out").contains("CREATE TABLE"));
    std::fs::create_dir(room.path().join("empty")).unwrap();
    insta::assert_snapshot!(run("postgres::database::migrate main empty stock").failed(), @"
    --- stderr
    error: the migrations in empty: there are none
    hint: `content migrate new NAME` makes one
    [exit 1]
    ");
    run("postgres::database::drop main stock").failed();
    run("postgres::database::drop main stock yes; postgres::database::drop main stock yes").done();
    run("postgres::database::drop_user main app; postgres::database::drop_user main app yes").done();
    run("postgres::database::execute_file main nowhere.sql").failed();
}

#[test]
fn every_question_about_an_instance_has_its_answer() {
    let room = shell_room();
    let run = |script: &str| bash(&room, &["lib/common.sh", "lib/common.sh"], script);
    bash(&room, &["lib/core.sh"], "postgres::core::ensure --config-base64 e30= >/dev/null").done();
    run("postgres::common::health_check").done();
    assert_eq!(run("postgres::common::list_instances").done().stdout, "main\n");
    let url = run("postgres::common::get_connection_string main").done().stdout;
    assert!(url.starts_with("postgresql://vrooli:") && url.lines().count() == 1, "{url}");
    bash(&room, &["lib/core.sh"], "postgres::core::stop").done();
    run("postgres::common::health_check").skipped();
    run("postgres::common::wait_for_ready main 30; postgres::common::wait_for_ready").done();
}

//! What the orchestrator and its scenarios rely on, beyond single calls: exit codes both ways, `status` of `main`, `config/exports.sh`.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use resource_postgres::runtime::Kind;

use crate::support::{Answer, Room, binary, container, eventually, kill};

/// Runs a command with what a skip is to end with.
fn run_with(room: &Room, code: &str, words: &[&str]) -> Answer {
    let mut command = room.command(words);
    let output = command.env("POSTGRES_SKIP_EXIT_CODE", code).output().unwrap();
    room.answer(&command, &output)
}

fn bash(room: &Room, script: &str) -> Answer {
    let checkout = env!("CARGO_MANIFEST_DIR");
    let mut bash: Command = room.command_of(Path::new("/bin/bash"), ["-euo", "pipefail", "-c", script]);
    bash.env("RESOURCE", checkout).env("POSTGRES_RESOURCE_BIN", binary());
    let output = bash.output().unwrap();
    room.answer(&bash, &output)
}

#[test]
fn what_is_already_so_is_0_or_2_as_the_caller_chooses_at_every_command() {
    let room = Room::new();
    let both = |words: &[&str]| {
        run_with(&room, "0", words).done();
        run_with(&room, "2", words).skipped();
        run_with(&room, "", words).skipped();
        room.run(words).skipped();
    };
    both(&["manage", "uninstall", "--force"]);
    both(&["manage", "stop"]);
    run_with(&room, "0", &["manage", "install"]).done();
    both(&["manage", "install"]);
    both(&["manage", "stop"]);
    run_with(&room, "0", &["manage", "start"]).done();
    both(&["manage", "start"]);
    let file = room.file("schema.sql", "CREATE TABLE product (id int)");
    run_with(&room, "0", &["content", "add", "--file", &file]).done();
    both(&["content", "add", "--file", &file]);
    both(&["content", "remove", "no-such-thing", "--force"]);
    both(&["content", "remove-database", "no_such_thing", "--force"]);
    both(&["content", "remove-user", "no_such_thing", "--force"]);
}

#[test]
fn a_code_that_tells_something_is_the_same_whatever_the_caller_chooses() {
    let room = Room::new();
    let skipped = |words: &[&str]| drop(run_with(&room, "0", words).skipped());
    skipped(&["status"]);
    skipped(&["credentials"]);
    skipped(&["logs"]);
    room.run(["up"]).done();
    skipped(&["content", "get", "no-such-thing"]);
    let file = room.file("notes.txt", "no SQL");
    room.run(["content", "add", "--file", &file, "--name", "notes"]).done();
    skipped(&["content", "execute", "--name", "notes"]);
    run_with(&room, "0", &["content", "execute", "SELEKT"]).failed();
    run_with(&room, "0", &["content", "add", "--file", "nowhere.sql"]).failed();
}

#[test]
fn a_code_that_cannot_be_chosen_fails_whoever_would_end_with_it() {
    let room = Room::up();
    run_with(&room, "7", &["status"]).done();
    run_with(&room, "7", &["manage", "restart"]).done();
    insta::assert_snapshot!(run_with(&room, "7", &["manage", "start"]), @"
    --- stderr
    already running
    error: environment variable POSTGRES_SKIP_EXIT_CODE: `7` is not one of 0, 2
    hint: correct or unset POSTGRES_SKIP_EXIT_CODE
    [exit 1]
    ");
}

#[test]
fn cli_sh_chooses_0_for_vrooli_and_for_nobody_else() {
    let room = Room::up();
    let start = |before: &str| bash(&room, &format!("{before} \"$RESOURCE/cli.sh\" manage start")).code;
    assert_eq!(start(""), Some(2));
    assert_eq!(start("var_ROOT_DIR=/vrooli"), Some(0));
    assert_eq!(start("VROOLI_LIFECYCLE_MANAGED=true"), Some(0));
    assert_eq!(start("var_ROOT_DIR=/vrooli POSTGRES_SKIP_EXIT_CODE=2"), Some(2));
    assert_eq!(start("var_ROOT_DIR=/vrooli; "), Some(2), "it is not exported");
}

#[test]
fn the_life_test_sees_the_codes_of_the_contract_whatever_its_caller_has_chosen() {
    let room = Room::new();
    let answer = run_with(&room, "0", &["test", "integration", "--live"]).done();
    assert!(answer.stdout.contains("ok - install again is skipped"), "{answer}");
}

#[test]
fn main_stopped_is_not_running_whatever_else_runs() {
    let room = Room::up();
    room.run(["content", "create-instance", "shop"]).done();
    room.run(["stop"]).done();
    insta::assert_snapshot!(room.run(["status"]).skipped(), @"
    PostgreSQL: not running
    ✅ Installed: Yes
    ❌ Running: No
    ❌ Healthy: No
    Health: main is stopped: it was shut down
    Port: 5433 (range 5433-5499)
    Endpoint: postgresql://localhost:5433/vrooli

    Instances: 2, running 1, healthy 1
    NAME  STATE    PORT  DATABASE  TEMPLATE     WHY
    main  stopped  5433  vrooli    development  it was shut down
    shop  running  5434  vrooli    development  it answers queries
    [exit 2]
    ");
    let report = room.run(["status", "--format", "json"]).skipped().json();
    assert_eq!((&report["running"], &report["healthy"]), (&false.into(), &false.into()));
    assert_eq!(report["port"], room.port);
    room.run(["status", "shop"]).done();
}

#[test]
fn main_well_and_another_instance_ill_is_running_and_not_healthy() {
    let room = Room::up();
    room.run(["content", "create-instance", "shop"]).done();
    room.run(["stop", "--instance", "shop"]).done();
    std::fs::remove_dir_all(room.data("shop")).unwrap();
    let answer = room.run(["status", "--format", "json"]).ended(1);
    let report = answer.json();
    assert_eq!((&report["running"], &report["healthy"]), (&true.into(), &false.into()), "{answer}");
    assert!(report["health_message"].as_str().unwrap().contains("shop is missing"), "{answer}");
    // That is no reason not to start what runs.
    run_with(&room, "0", &["manage", "start"]).done();
    room.run(["stop"]).done();
    let answer = room.run(["status", "--format", "json"]).ended(2);
    assert_eq!(answer.json()["running"], false);
}

#[test]
fn main_whose_record_cannot_be_read_does_not_run_whatever_else_does() {
    let room = Room::up();
    room.run(["content", "create-instance", "shop"]).done();
    room.run(["stop"]).done();
    std::fs::write(room.instance("main").join("config/instance.conf"), "port=\"many\"\n").unwrap();
    let answer = room.run(["status", "--format", "json"]).ended(1);
    let report = answer.json();
    assert_eq!((&report["running"], &report["healthy"]), (&false.into(), &false.into()), "{answer}");
    assert!(report["health_message"].as_str().unwrap().contains("instance `main`"), "{answer}");
    // Nothing speaks of another instance in its place.
    assert_eq!(report["port"], room.port, "{answer}");
    assert_eq!(report["instances"][1]["state"], "running");
}

#[test]
fn another_instance_crashed_is_named_and_a_start_of_main_is_success() {
    let room = Room::up();
    room.run(["content", "create-instance", "shop"]).done();
    match room.kind {
        Kind::Native => kill(room.pid("shop"), "KILL"),
        Kind::Docker => container::kill(&room.container("shop")),
    }
    eventually("its server is gone", || room.state("shop") == "crashed");
    let answer = room.run(["status", "--format", "json"]).ended(1);
    assert!(answer.json()["health_message"].as_str().unwrap().starts_with("shop is crashed"), "{answer}");
    assert_eq!(answer.json()["running"], true);
    bash(&room, "export var_ROOT_DIR=/vrooli; \"$RESOURCE/cli.sh\" manage start").done();
}

#[test]
fn after_a_reboot_set_up_installs_and_starts() {
    let room = Room::up();
    match room.kind {
        Kind::Native => kill(room.pid("main"), "INT"),
        Kind::Docker => container::stop(&room.container("main")),
    }
    eventually("the server ends", || room.state("main") == "stopped");
    room.run(["status"]).skipped();
    let steps = "\"$RESOURCE/cli.sh\" manage install --verbose && \"$RESOURCE/cli.sh\" manage start";
    bash(&room, &format!("export var_ROOT_DIR=/vrooli; {steps}")).done();
    room.run(["status"]).done();
}

#[test]
fn scenarios_get_a_database_url_with_its_password() {
    let mut room = Room::new();
    room.set("POSTGRES_PASSWORD", "p@ss/w: d%'#&;ü");
    room.run(["up"]).done();
    room.unset("POSTGRES_PASSWORD");
    let path = format!("{}:/usr/bin:/bin", room.programs().display());
    room.set("PATH", &path);
    let connects = "psql -XAt \"$POSTGRES_URL\" -c 'SELECT 42'; psql -XAt \"$DATABASE_URL\" -c 'SELECT 43'";
    let exports = "source \"$RESOURCE/config/exports.sh\"";
    let answer =
        bash(&room, &format!("readonly POSTGRES_MAX_INSTANCES=67; {exports}; {exports}; {connects}"));
    assert_eq!(answer.done().stdout, "42\n43\n");
    // Of parts that the caller has chosen the URL is made anew.
    let other = format!(
        "export POSTGRES_DB=postgres; {exports}; psql -XAt \"$POSTGRES_URL\" -c 'SELECT current_database()'"
    );
    assert_eq!(bash(&room, &other).done().stdout, "postgres\n");
    // The password of a server that is down is the same.
    room.run(["stop"]).done();
    let begun = Instant::now();
    let down = bash(&room, &format!("{exports}; echo \"$POSTGRES_PASSWORD\"")).done();
    assert_eq!(down.stdout, "p@ss/w: d%'#&;ü\n");
    assert!(begun.elapsed().as_secs() < 10, "it does not wait for the server");
}

/// What is done to variables before `config/exports.sh` is sourced, none of which may end the caller.
const ODD: &[&str] = &[
    "readonly name=1 user=2 password=3 parts=4 at=5 missing=6 told=7 byte=8 line=9 dir=10 cli=11 REPLY=12 LC_ALL=C",
    "readonly POSTGRES_IMAGE=mine POSTGRES_URL POSTGRES_RESOURCE_DIR POSTGRES_INSTANCE DATABASE_URL=",
    "declare -n POSTGRES_URL=X; readonly X=",
    "declare -i POSTGRES_POOL_SIZE POSTGRES_ADMIN_URL POSTGRES_IMAGE",
    "declare -a POSTGRES_ADMIN_URL; declare -A POSTGRES_HEALTH_CHECK",
    "declare -u POSTGRES_ADMIN_URL",
    "set -o posix",
    "set -f; IFS=/; shopt -s nullglob inherit_errexit",
    "set -o noclobber -o allexport",
    "set -ET; trap ':' DEBUG; trap 'exit 3' ERR",
    "export BASH_ENV=/dev/stdin SHELLOPTS",
    "cd /",
    "unset HOME",
];

#[test]
fn whatever_a_callers_shell_is_like_exports_leave_it_alive_and_hand_on_what_can_be() {
    let room = Room::up();
    for odd in ODD {
        let script =
            format!("{odd}; source \"$RESOURCE/config/exports.sh\" >/dev/null; echo \"$POSTGRES_PORT\"");
        let answer = bash(&room, &script).done();
        assert!(answer.stdout.contains(&room.port.to_string()), "{odd}: {answer}");
    }
}

#[test]
fn exports_leave_the_callers_own_variables_and_options_as_they_are() {
    let room = Room::up();
    let script = "sleep 9 & job=$!; [[ abc =~ (b) ]]; REPLY=own; before=\"$(set +o; shopt; pwd; echo \"$IFS\")\"
        source \"$RESOURCE/config/exports.sh\"
        [[ \"$(set +o; shopt; pwd; echo \"$IFS\")\" == \"$before\" ]] && echo \"${BASH_REMATCH[1]} $REPLY $(($! == job))\"
        compgen -v | grep -iv '^_\\?postgres' | grep -c '^DATABASE_URL$'";
    let answer = bash(&room, script).done();
    assert_eq!(answer.stdout, "b own 1\n1\n");
}

#[test]
fn exports_that_are_sourced_again_follow_what_has_changed() {
    let room = Room::up();
    room.run(["content", "create-instance", "shop"]).done();
    let source = "source \"$RESOURCE/config/exports.sh\"";
    let shown = "echo \"$POSTGRES_INSTANCE $POSTGRES_PORT ${DATABASE_URL##*@}\"";
    let script = format!(
        "{source}; {shown}; POSTGRES_INSTANCE=shop; {source}; {shown}; POSTGRES_DB=other; {source}; {shown}; \
         POSTGRES_INSTANCE=nowhere; {source}; echo \"${{POSTGRES_PORT:-none}} ${{DATABASE_URL:-none}}\""
    );
    insta::assert_snapshot!(bash(&room, &script).done(), @"
    main 5433 127.0.0.1:5433/vrooli?sslmode=disable
    shop 5434 127.0.0.1:5434/vrooli?sslmode=disable
    shop 5434 127.0.0.1:5434/other?sslmode=disable
    none none
    [exit 0]
    ");
}

#[test]
fn an_instance_that_is_none_hands_on_nothing_and_runs_nothing() {
    let room = Room::up();
    for name in ["--help", "postgres", "vrooli", "no such", "$(touch here)", "-x", "a;b"] {
        let script = format!(
            "export POSTGRES_INSTANCE='{name}'; source \"$RESOURCE/config/exports.sh\"; echo \"${{POSTGRES_URL:-none}}\""
        );
        let answer = bash(&room, &script).done();
        assert_eq!((answer.stdout.as_str(), answer.stderr.as_str()), ("none\n", ""), "{name}");
    }
}

#[test]
fn nothing_of_a_connection_is_handed_on_where_there_is_none() {
    let room = Room::new();
    let answer = bash(
        &room,
        "source \"$RESOURCE/config/exports.sh\"; env | grep -E '^(DATABASE|POSTGRES)_(URL|PASSWORD|HOST)=' || true",
    );
    assert_eq!(answer.done().stdout, "");
}

#[test]
fn a_program_that_hangs_keeps_exports_for_a_second_only() {
    let mut room = Room::new();
    let program = room.program("hangs", "#!/bin/sh\nexec sleep 60\n");
    room.set("HANGS", &program);
    let begun = Instant::now();
    bash(&room, "export POSTGRES_RESOURCE_BIN=\"$HANGS\"; source \"$RESOURCE/config/exports.sh\"; echo \"$POSTGRES_RUNTIME\"").done();
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}

#[test]
fn the_database_that_the_environment_names_can_be_created_by_sql() {
    let mut room = Room::up();
    room.set("POSTGRES_DB", "chatbot");
    insta::assert_snapshot!(room.run(["content", "execute", "SELECT 1"]).failed(), @"
    --- stderr
    error: connecting to database `chatbot` of instance `main`: database \"chatbot\" does not exist (SQLSTATE 3D000)
    hint: there are: postgres, vrooli; `content create-database` makes another
    [exit 1]
    ");
    insta::assert_snapshot!(room.run(["content", "execute", "CREATE DATABASE chatbot;"]).done(), @"
    CREATE DATABASE
    --- stderr
    database `chatbot` does not exist yet: running in `vrooli`
    [exit 0]
    ");
    assert_eq!(room.value("main", "SELECT current_database()"), "chatbot");
    // Whoever names it by a flag means it.
    room.run(["content", "execute", "--database", "other", "CREATE DATABASE other"]).failed();
}

#[test]
fn work_on_the_cluster_is_done_whatever_becomes_of_the_database_that_the_environment_names() {
    let mut room = Room::up();
    room.set("POSTGRES_DB", "x1");
    let execute = |sql: &str| room.feed(["content", "execute"], sql);
    execute("SELECT format('CREATE DATABASE %I', 'x1') WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'x1')\\gexec\n").done();
    for again in [
        "DROP DATABASE IF EXISTS x1; CREATE DATABASE x1;",
        "DROP DATABASE IF EXISTS x1",
        "DROP DATABASE IF EXISTS x1",
    ] {
        execute(again).done();
    }
    execute("\\set db x1\nCREATE DATABASE :db;\n").done();
    execute("ALTER DATABASE x1 RENAME TO x2").done();
    execute("\\c x2\nCREATE TABLE here (id int);\n").done();
    execute("CREATE USER app; GRANT ALL ON DATABASE x2 TO app").done();
    execute("\\l").done();
    // What is about the database itself is done nowhere else.
    execute("CREATE TABLE nowhere (id int)").failed();
    execute("CREATE DATABASE x3; CREATE TABLE nowhere (id int)").failed();
    let file = room.file("make.sql", "CREATE DATABASE x1;\n\\c x1\nCREATE TABLE made (id int);\n");
    room.run(["content", "add", "schema", "--file", &file]).done();
    room.unset("POSTGRES_DB");
    let made = ["content", "execute", "--database", "x1", "SELECT 'made'::regclass"];
    room.run(made).done();
    assert_eq!(room.value("main", "SELECT count(*) FROM pg_class WHERE relname IN ('nowhere', 'made')"), "0");
}

#[test]
fn an_instance_that_is_named_as_a_database_is_told_as_what_it_is() {
    let room = Room::up();
    insta::assert_snapshot!(room.run(["content", "execute", "--database", "main", "SELECT 1"]).failed(), @"
    --- stderr
    error: connecting to database `main` of instance `main`: database \"main\" does not exist (SQLSTATE 3D000)
    hint: `main` is an instance, which `--instance main` names
    [exit 1]
    ");
}

#[test]
fn one_word_with_sql_on_stdin_names_an_instance_or_a_database() {
    let room = Room::up();
    room.run(["content", "create-database", "calendar-system"]).done();
    room.run(["content", "create-instance", "shop"]).done();
    let name = "SELECT current_database(), current_setting('port') <> ''";
    for form in [
        &["exec", "calendar-system"][..],
        &["execute", "calendar-system"],
        &["content", "execute", "calendar-system"],
    ] {
        let answer = room.feed(form, name).done();
        assert!(answer.stdout.contains("calendar-system"), "{answer}");
    }
    room.feed(["exec", "shop"], "CREATE TABLE here (id int)").done();
    assert_eq!(room.value("shop", "SELECT count(*) FROM pg_class WHERE relname = 'here'"), "1");
    assert_eq!(room.value("main", "SELECT count(*) FROM pg_class WHERE relname = 'here'"), "0");
    room.feed(["exec", "--instance", "shop", "vrooli"], "SELECT * FROM here").done();
    // A statement of one word is one, and a word that names nothing is told by the server.
    room.feed(["exec", "VACUUM"], "SELECT nonsense").done();
    insta::assert_snapshot!(room.feed(["exec", "nowhere"], "SELECT 1").failed(), @r#"
    --- stderr
    ERROR:  42601: syntax error at or near "nowhere"
    LINE 1: nowhere
            ^
    [exit 1]
    "#);
    room.run(["exec", "shop"]).failed();
    for name in ["cal.sys", "my db", "päd"] {
        room.run(["content", "create-database", name]).done();
        assert!(room.feed(["exec", name], "SELECT current_database()").done().stdout.contains(name));
    }
    room.run(["content", "create-database", "select"]).done();
    insta::assert_snapshot!(room.feed(["exec", "select"], "SELECT 1").failed(), @"
    --- stderr
    error: `select` is a statement, and the name of a database: say `--sql select` or `--database select`
    hint: see `resource-postgres help`
    [exit 1]
    ");
    room.feed(["exec", "--sql", "select"], "").done();
}

#[test]
fn what_a_declaration_holds_besides_is_warned_of_and_refused_only_by_the_strict() {
    let room = Room::new();
    let text = "{database: stock, schema: public, config: {database: x}, databases: [{name: a, ownr: b}]}";
    insta::assert_snapshot!(room.feed(["ensure", "--config", "-", "--strict"], text).failed(), @"
    --- stderr
    error: stdin has keys that are not known here: `schema`, `config`, `databases.0.ownr`
    hint: see `resource-postgres help`
    [exit 1]
    ");
    assert!(!room.instance("main").exists());
    let answer = room.feed(["ensure", "--config", "-"], text).done();
    let warned = answer.stderr.lines().next().unwrap();
    insta::assert_snapshot!(warned, @"warning: nothing is done about `schema`, `config`, `databases.0.ownr` in stdin, not known here");
    assert_eq!(room.value("main", "SELECT count(*) FROM pg_database WHERE datname IN ('stock', 'a')"), "2");
    room.feed(["ensure", "--config", "-"], "{}").done();
}

#[test]
fn a_value_of_a_record_is_printed_by_its_key() {
    let room = Room::up();
    let get = |words: &[&str]| room.run([&["content", "get"], words].concat());
    assert_eq!(get(&["--key", "port"]).done().stdout, format!("{}\n", room.port));
    assert_eq!(get(&["main", "--key", "template"]).done().stdout, "development\n");
    assert_eq!(
        get(&["--name", "main", "--key", "password"]).done().stdout.trim(),
        room.recorded("main", "password")
    );
    insta::assert_snapshot!(get(&["main", "--key", "colour"]).skipped(), @"
    --- stderr
    not found
    [exit 2]
    ");
    get(&["shop", "--key", "port"]).failed();
}

#[test]
fn test_smoke_asks_the_living_resource_and_builds_nothing() {
    let mut room = Room::up();
    room.set("POSTGRES_DB", "of_a_scenario");
    room.set("POSTGRES_SKIP_EXIT_CODE", "0");
    let bin = room.path().join("no-cargo");
    std::fs::create_dir(&bin).unwrap();
    room.program("no-cargo/cargo", "#!/bin/sh\necho 'cargo was run' >&2\nexit 1\n");
    let path = format!("{}:/usr/bin:/bin", bin.display());
    room.set("PATH", &path);
    let checkout = env!("CARGO_MANIFEST_DIR");
    room.set("POSTGRES_RESOURCE_DIR", checkout);
    insta::assert_snapshot!(room.run(["test", "smoke"]).done(), @"
    ok - help shows the commands
    ok - info names the start order
    ok - status finds the resource healthy
    ok - `main` answers a query
    ok - credentials hide the password
    ok - an unknown command fails
    6 passed, 0 failed
    [exit 0]
    ");
    room.run(["stop"]).done();
    let answer = room.run(["test", "smoke"]).ended(1);
    assert!(answer.stdout.contains("not ok - status finds the resource healthy"), "{answer}");
}

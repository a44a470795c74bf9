//! Configurations that would not start a server: named with file and line before anything is touched.

use std::fs;

use crate::support::Room;

/// Lines that PostgreSQL refuses, each for another reason.
const BAD: [&str; 6] = [
    "no_such_setting = on",
    "max_connections =",
    "shared_buffers = 999TB",
    "wal_level = most",
    "max_connections = 2",
    "shared_preload_libraries = 'no_such_library'",
];

#[test]
fn a_start_names_what_is_wrong_with_the_configuration_and_works_once_it_is_mended() {
    let room = Room::up();
    room.run(["manage", "stop"]).done();
    let file = room.instance("main").join("config/postgresql.conf");
    let good = fs::read_to_string(&file).unwrap();
    let mut said = String::new();
    for line in BAD {
        fs::write(&file, format!("{good}{line}\n")).unwrap();
        // From 16 on there is one more kind of reserved connections.
        let answer = room.run(["manage", "start", "--wait"]).failed().hiding(r" plus reserved_\w+ \(0\)", "");
        said += &format!("{line}\n{answer}\n");
        assert_eq!(room.state("main"), "stopped");
    }
    insta::assert_snapshot!(said, @r#"
    no_such_setting = on
    --- stderr
    error: the configuration of instance `main` is not valid: unrecognized configuration parameter "no_such_setting" in file "[room]/instances/main/config/postgresql.conf" line 31
    hint: correct the line; a running server goes on with its old configuration
    [exit 1]
    max_connections =
    --- stderr
    error: the configuration of instance `main` is not valid: syntax error in file "[room]/instances/main/config/postgresql.conf" line 31, near end of line
    hint: correct the line; a running server goes on with its old configuration
    [exit 1]
    shared_buffers = 999TB
    --- stderr
    error: the configuration of instance `main` is not valid: invalid value for parameter "shared_buffers": "999TB" ([room]/instances/main/config/postgresql.conf line 31)
    hint: correct the line; a running server goes on with its old configuration
    [exit 1]
    wal_level = most
    --- stderr
    error: the configuration of instance `main` is not valid: invalid value for parameter "wal_level": "most" ([room]/instances/main/config/postgresql.conf line 31)
    hint: correct the line; a running server goes on with its old configuration
    [exit 1]
    max_connections = 2
    --- stderr
    error: the configuration of instance `main` is not valid: superuser_reserved_connections (3) must be less than max_connections (2) ([room]/instances/main/config/postgresql.conf line 31)
    hint: correct the line; a running server goes on with its old configuration
    [exit 1]
    shared_preload_libraries = 'no_such_library'
    --- stderr
    error: the configuration of instance `main` is not valid: could not access file "no_such_library": No such file or directory ([room]/instances/main/config/postgresql.conf line 31)
    hint: correct the line; a running server goes on with its old configuration
    [exit 1]
    "#);
    fs::write(&file, good).unwrap();
    room.run(["manage", "start", "--wait"]).done();
}

#[test]
fn a_restart_leaves_the_server_alone_whose_new_configuration_is_wrong() {
    let room = Room::up();
    let file = room.instance("main").join("config/postgresql.conf");
    let good = fs::read_to_string(&file).unwrap();
    let server = room.pid("main");
    for line in BAD {
        fs::write(&file, format!("{good}{line}\n")).unwrap();
        for restart in [&["manage", "restart"][..], &["manage", "restart", "--force"]] {
            let answer = room.run(restart).failed();
            assert!(answer.stderr.contains("the configuration of instance `main` is not valid"), "{answer}");
        }
        assert_eq!(room.pid("main"), server, "{line}");
    }
    assert_eq!(room.value("main", "SELECT 42"), "42");
    fs::write(&file, good).unwrap();
    room.run(["manage", "restart"]).done();
    assert_ne!(room.pid("main"), server);
}

#[test]
fn a_setting_made_by_alter_system_is_checked_as_well() {
    let room = Room::up();
    let server = room.pid("main");
    room.run(["content", "execute", "ALTER SYSTEM SET shared_preload_libraries = 'no_such_library'"]).done();
    insta::assert_snapshot!(room.run(["manage", "restart"]).failed(), @r#"
    --- stderr
    error: the configuration of instance `main` is not valid: could not access file "no_such_library": No such file or directory ([room]/instances/main/data/postgresql.auto.conf line 3)
    hint: correct the line; a running server goes on with its old configuration
    [exit 1]
    "#);
    assert_eq!(room.pid("main"), server);
}

#[test]
fn a_new_instance_whose_template_is_wrong_is_not_left_behind() {
    let mut room = Room::new();
    let templates = room.path().join("templates");
    fs::create_dir(&templates).unwrap();
    fs::write(templates.join("broken.conf"), "work_mem = 4MB\nwal_level = most\n").unwrap();
    room.set("POSTGRES_TEMPLATE_DIR", &templates.display().to_string());
    let create = ["content", "create-instance", "shop", "--template", "broken"];
    // Only Docker says where.
    let answer = room.run(create).failed().hiding(r" \(\[room\][^)]*\)", "");
    insta::assert_snapshot!(answer, @r#"
    --- stderr
    error: the server of the new instance `shop` did not start: invalid value for parameter "wal_level": "most"
    hint: nothing of it is left behind: mend what is said, and create it again
    [exit 1]
    "#);
    assert!(!room.instance("shop").exists());
}

#[test]
fn what_was_stored_with_an_unproved_instance_outlives_its_failed_start() {
    let room = Room::new();
    room.run(["manage", "install", "--skip-validation"]).done();
    let query = room.file("totals.sql", "SELECT 1");
    room.run(["content", "add", "query", &query]).done();
    let file = room.instance("main").join("config/postgresql.conf");
    let valid = fs::read(&file).unwrap();
    fs::write(&file, "wal_level = most\n").unwrap();
    room.run(["manage", "start"]).failed();
    room.run(["up"]).failed();
    fs::write(&file, valid).unwrap();
    room.run(["manage", "start", "--wait"]).done();
    room.run(["content", "execute", "--name", "totals.sql"]).done();
}

//! Records, folders and settings that cannot be used: one line, a hint, and nothing made.

use std::fs;

use super::complaint;
use crate::support::Room;

#[test]
fn a_record_that_cannot_be_used_is_named_by_every_command_that_needs_it() {
    let room = Room::up();
    room.run(["content", "create-instance", "other", "--template", "minimal"]).done();
    let record = room.instance("main").join("config/instance.conf");
    let good = fs::read(&record).unwrap();
    let mut said = String::new();
    for bad in [&b""[..], b"\xff\xfe\x00garbage", b"port=\"x\"\npassword=\"y\"\n", b"port=\"5433\"\n"] {
        fs::write(&record, bad).unwrap();
        said += &format!("{}\n", room.run(["manage", "start"]).failed());
        for command in [
            &["status", "main"][..],
            &["manage", "stop"],
            &["up"],
            &["credentials"],
            &["content", "execute", "SELECT 1"],
        ] {
            let (error, _) = complaint(room.run(command));
            assert!(error.contains("instance.conf"), "{command:?}: {error}");
        }
        assert_eq!(fs::read(&record).unwrap(), bad);
        room.run(["status", "other"]).done();
    }
    insta::assert_snapshot!(said, @"
    --- stderr
    error: the record of instance `main` in [room]/instances/main/config/instance.conf cannot be used: port `` is not a port number
    hint: correct the file, or restore it from a backup
    [exit 1]
    --- stderr
    error: the record of instance `main` in [room]/instances/main/config/instance.conf cannot be used: port `` is not a port number
    hint: correct the file, or restore it from a backup
    [exit 1]
    --- stderr
    error: the record of instance `main` in [room]/instances/main/config/instance.conf cannot be used: port `x` is not a port number
    hint: correct the file, or restore it from a backup
    [exit 1]
    --- stderr
    error: the record of instance `main` in [room]/instances/main/config/instance.conf cannot be used: it holds no password
    hint: correct the file, or restore it from a backup
    [exit 1]
    ");
    fs::write(&record, good).unwrap();
    room.run(["status"]).done();
}

#[test]
fn a_password_that_the_server_does_not_know_is_said_at_once() {
    let room = Room::up();
    let record = room.instance("main").join("config/instance.conf");
    let password = room.recorded("main", "password");
    let text = fs::read_to_string(&record).unwrap();
    fs::write(&record, text.replace(&password, "wrong")).unwrap();
    insta::assert_snapshot!(room.run(["up"]).failed(), @r#"
    --- stderr
    error: instance `main` is unresponsive: running, refusing: password authentication failed for user "vrooli" (SQLSTATE 28P01)
    hint: its data is untouched; `resource-postgres logs main` tells more, `manage restart --instance main --force` ends all sessions
    [exit 1]
    "#);
    room.run(["manage", "stop"]).done();
    insta::assert_snapshot!(room.run(["manage", "start", "--wait"]).failed(), @r#"
    --- stderr
    error: connecting to `main`: password authentication failed for user "vrooli" (SQLSTATE 28P01)
    hint: set the server's password in [room]/instances/main/config/instance.conf
    [exit 1]
    "#);
    fs::write(&record, text).unwrap();
    room.run(["status"]).done();
}

#[test]
fn every_setting_that_is_out_of_range_is_named_before_anything_is_made() {
    let mut said = String::new();
    let long = "x".repeat(64);
    for (name, value) in [
        ("POSTGRES_DEFAULT_PORT", "80"),
        ("POSTGRES_DEFAULT_PORT", "70000"),
        ("POSTGRES_INSTANCE_PORT_RANGE_START", "0"),
        ("POSTGRES_INSTANCE_PORT_RANGE_END", "1024"),
        ("POSTGRES_MAX_INSTANCES", "0"),
        ("POSTGRES_MAX_INSTANCES", "-1"),
        ("POSTGRES_RUNTIME", "podman"),
        ("POSTGRES_DEFAULT_USER", "a\"b"),
        ("POSTGRES_DEFAULT_DB", &long),
        ("POSTGRES_DB", "a\nb"),
        ("POSTGRES_PASSWORD", "a$b"),
        ("POSTGRES_MAINTENANCE_DB", "no_such_database"),
    ] {
        let mut room = Room::new();
        room.set(name, value);
        let answer = room.run(["up"]);
        said += &format!("{name}={value:?}\n{answer}\n");
        complaint(answer);
        assert!(!room.instance("main").exists(), "{name}={value}");
    }
    insta::assert_snapshot!(said, @r#"
    POSTGRES_DEFAULT_PORT="80"
    --- stderr
    error: environment variable POSTGRES_DEFAULT_PORT: `80` is not a number from 1024 to 65535
    hint: correct or unset POSTGRES_DEFAULT_PORT
    [exit 1]
    POSTGRES_DEFAULT_PORT="70000"
    --- stderr
    error: environment variable POSTGRES_DEFAULT_PORT: `70000` is not a number from 1024 to 65535
    hint: correct or unset POSTGRES_DEFAULT_PORT
    [exit 1]
    POSTGRES_INSTANCE_PORT_RANGE_START="0"
    --- stderr
    error: environment variable POSTGRES_INSTANCE_PORT_RANGE_START: `0` is not a number from 1024 to 65535
    hint: correct or unset POSTGRES_INSTANCE_PORT_RANGE_START
    [exit 1]
    POSTGRES_INSTANCE_PORT_RANGE_END="1024"
    --- stderr
    error: environment variable POSTGRES_INSTANCE_PORT_RANGE_END: 1024 is below the start, 5433
    hint: correct or unset POSTGRES_INSTANCE_PORT_RANGE_END
    [exit 1]
    POSTGRES_MAX_INSTANCES="0"
    --- stderr
    error: environment variable POSTGRES_MAX_INSTANCES: `0` is not a number from 1 to 1000
    hint: correct or unset POSTGRES_MAX_INSTANCES
    [exit 1]
    POSTGRES_MAX_INSTANCES="-1"
    --- stderr
    error: environment variable POSTGRES_MAX_INSTANCES: `-1` is not a number from 1 to 1000
    hint: correct or unset POSTGRES_MAX_INSTANCES
    [exit 1]
    POSTGRES_RUNTIME="podman"
    --- stderr
    error: environment variable POSTGRES_RUNTIME: `podman` is not one of auto, docker, native
    hint: correct or unset POSTGRES_RUNTIME
    [exit 1]
    POSTGRES_DEFAULT_USER="a\"b"
    --- stderr
    error: environment variable POSTGRES_DEFAULT_USER: `a\"b` holds a quote, `$`, `\` or line break
    hint: correct or unset POSTGRES_DEFAULT_USER
    [exit 1]
    POSTGRES_DEFAULT_DB="xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
    --- stderr
    error: environment variable POSTGRES_DEFAULT_DB: `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx` is longer than 63 bytes
    hint: correct or unset POSTGRES_DEFAULT_DB
    [exit 1]
    POSTGRES_DB="a\nb"
    --- stderr
    error: environment variable POSTGRES_DB: `a\nb` holds a quote, `$`, `\` or line break
    hint: correct or unset POSTGRES_DB
    [exit 1]
    POSTGRES_PASSWORD="a$b"
    --- stderr
    error: environment variable POSTGRES_PASSWORD: the password is empty, or holds a quote, `$`, `\` or line break
    hint: correct or unset POSTGRES_PASSWORD
    [exit 1]
    POSTGRES_MAINTENANCE_DB="no_such_database"
    --- stderr
    error: connecting to `main`: database "no_such_database" does not exist (SQLSTATE 3D000)
    hint: name a database that exists in POSTGRES_MAINTENANCE_DB
    [exit 1]
    "#);
}

#[test]
fn names_ports_templates_and_timeouts_out_of_range_are_refused_before_anything_is_made() {
    let room = Room::new();
    let mut said = String::new();
    for words in [
        "content create-instance a/b",
        "content create-instance shop --port 80",
        "content create-instance shop --port 70000",
        "content create-instance shop --template no-such",
        "manage start --timeout 0",
        "manage start --timeout 116",
        "manage stop --timeout x",
        "manage start --instance ..",
        "manage start --instance no-such",
        "manage restart",
        "content execute SELECT",
    ] {
        let answer = room.run(words.split(' '));
        said += &format!("$ {words}\n{answer}\n");
        complaint(answer);
    }
    insta::assert_snapshot!(said, @"
    $ content create-instance a/b
    --- stderr
    error: invalid value 'a/b' for '<NAME>': an instance's name has 1 to 50 of the characters a-z A-Z 0-9 _ -
    hint: see `resource-postgres content create-instance --help`
    [exit 1]
    $ content create-instance shop --port 80
    --- stderr
    error: port 80 is outside the range 5433-5499
    hint: choose a port in the range, or leave --port out
    [exit 1]
    $ content create-instance shop --port 70000
    --- stderr
    error: invalid value '70000' for '--port <PORT>': 70000 is not in 0..=65535
    hint: see `resource-postgres content create-instance --help`
    [exit 1]
    $ content create-instance shop --template no-such
    --- stderr
    error: there is no template `no-such`
    hint: there are: development, ecommerce, minimal, production, real-estate, saas, testing
    [exit 1]
    $ manage start --timeout 0
    --- stderr
    error: invalid value '0' for '--timeout <SECONDS>': 0 is not in 1..=115
    hint: see `resource-postgres manage start --help`
    [exit 1]
    $ manage start --timeout 116
    --- stderr
    error: invalid value '116' for '--timeout <SECONDS>': 116 is not in 1..=115
    hint: see `resource-postgres manage start --help`
    [exit 1]
    $ manage stop --timeout x
    --- stderr
    error: invalid value 'x' for '--timeout <SECONDS>': invalid digit found in string
    hint: see `resource-postgres manage stop --help`
    [exit 1]
    $ manage start --instance ..
    --- stderr
    error: invalid value '..' for '--instance <NAME>': an instance's name has 1 to 50 of the characters a-z A-Z 0-9 _ -
    hint: see `resource-postgres manage start --help`
    [exit 1]
    $ manage start --instance no-such
    --- stderr
    error: there is no instance `no-such`
    hint: `resource-postgres content create-instance no-such` creates it
    [exit 1]
    $ manage restart
    --- stderr
    error: there is no instance `main`
    hint: `resource-postgres manage install` creates it
    [exit 1]
    $ content execute SELECT
    --- stderr
    error: there is no instance `main`
    hint: `resource-postgres manage install` creates it
    [exit 1]
    ");
    assert!(!room.instances().exists());
}

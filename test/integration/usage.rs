//! Usage errors: exit 1, nothing on stdout, one line and a hint on stderr.

use resource_postgres::runtime::Kind;

use crate::support::Room;

/// Runs each and gives all answers, each of which must be one line and a hint.
fn answers(room: &Room, all: &[&[&str]]) -> String {
    let mut text = String::new();
    for args in all {
        let answer = room.run(*args).failed();
        assert_eq!(answer.stderr.lines().count(), 2, "`{}`: {answer}", args.join(" "));
        assert!(answer.stderr.lines().last().unwrap().starts_with("hint: "), "{answer}");
        text += &format!("$ {}\n{}\n", args.join(" "), answer.stderr);
    }
    text
}

#[test]
fn unknown_commands_and_flags_fail_with_a_line_and_a_hint() {
    let room = Room::new();
    insta::assert_snapshot!(answers(&room, &[
        &[],
        &["frobnicate"],
        &["stat"],
        &["inject"],
        &["--action", "start"],
        &["manage"],
        &["manage", "begin"],
        &["content"],
        &["content", "show"],
        &["test"],
        &["test", "performance"],
        &["help", "me"],
        &["info", "--yaml"],
        &["manage", "install", "--keep-data"],
        &["manage", "uninstall", "--wait"],
        &["manage", "start", "now"],
        &["manage", "stop", "--wait"],
        &["manage", "restart", "--timeout", "5"],
        &["status", "--quiet"],
        &["logs", "--head", "3"],
        &["credentials", "--show-passwords"],
        &["content", "list", "--all"],
        &["up", "now"],
    ]), @"
    $ 
    error: a command is missing
    hint: see `resource-postgres --help`

    $ frobnicate
    error: unrecognized subcommand 'frobnicate'
    hint: see `resource-postgres --help`

    $ stat
    error: unrecognized subcommand 'stat'
    hint: see `resource-postgres --help`

    $ inject
    error: unrecognized subcommand 'inject'
    hint: see `resource-postgres --help`

    $ --action start
    error: unexpected argument '--action' found
    hint: see `resource-postgres --help`

    $ manage
    error: a command is missing
    hint: see `resource-postgres manage --help`

    $ manage begin
    error: unrecognized subcommand 'begin'
    hint: see `resource-postgres manage --help`

    $ content
    error: a command is missing
    hint: see `resource-postgres content --help`

    $ content show
    error: unrecognized subcommand 'show'
    hint: see `resource-postgres content --help`

    $ test
    error: a command is missing
    hint: see `resource-postgres test --help`

    $ test performance
    error: unrecognized subcommand 'performance'
    hint: see `resource-postgres test --help`

    $ help me
    error: unexpected argument 'me' found
    hint: see `resource-postgres help --help`

    $ info --yaml
    error: unexpected argument '--yaml' found
    hint: see `resource-postgres info --help`

    $ manage install --keep-data
    error: unexpected argument '--keep-data' found
    hint: see `resource-postgres manage install --help`

    $ manage uninstall --wait
    error: unexpected argument '--wait' found
    hint: see `resource-postgres manage uninstall --help`

    $ manage start now
    error: unexpected argument 'now' found
    hint: see `resource-postgres manage start --help`

    $ manage stop --wait
    error: unexpected argument '--wait' found
    hint: see `resource-postgres manage stop --help`

    $ manage restart --timeout 5
    error: unexpected argument '--timeout' found
    hint: see `resource-postgres manage restart --help`

    $ status --quiet
    error: unexpected argument '--quiet' found
    hint: see `resource-postgres status --help`

    $ logs --head 3
    error: unexpected argument '--head' found
    hint: see `resource-postgres logs --help`

    $ credentials --show-passwords
    error: unexpected argument '--show-passwords' found
    hint: see `resource-postgres credentials --help`

    $ content list --all
    error: unexpected argument '--all' found
    hint: see `resource-postgres content list --help`

    $ up now
    error: unexpected argument 'now' found
    hint: see `resource-postgres up --help`
    ");
}

#[test]
fn missing_and_bad_values_fail_with_a_line_and_a_hint() {
    let room = Room::new();
    insta::assert_snapshot!(answers(&room, &[
        &["content", "get"],
        &["content", "remove", "--force"],
        &["content", "add"],
        &["content", "get", "--name"],
        &["status", "--format", "xml"],
        &["status", "--format", "env"],
        &["credentials", "--format", "yaml"],
        &["content", "list", "--format", "csv"],
        &["logs", "--tail", "-1"],
        &["logs", "--tail", "all"],
        &["logs", "--since", "soon"],
        &["manage", "start", "--timeout", "0"],
        &["manage", "start", "--timeout", "116"],
        &["manage", "stop", "--timeout", "56"],
        &["manage", "stop", "--timeout", "soon"],
        &["manage", "start", "--instance", "a/b"],
        &["status", "../main"],
    ]), @"
    $ content get
    error: the following required arguments were not provided: --name <NAME>
    hint: see `resource-postgres content get --help`

    $ content remove --force
    error: the following required arguments were not provided: --name <NAME>
    hint: see `resource-postgres content remove --help`

    $ content add
    error: `content add` needs --file FILE
    hint: see `resource-postgres help`

    $ content get --name
    error: a value is required for '--name <NAME>' but none was supplied
    hint: see `resource-postgres content get --help`

    $ status --format xml
    error: invalid value 'xml' for '--format <FORMAT>' [possible values: text, json, yaml]
    hint: see `resource-postgres status --help`

    $ status --format env
    error: invalid value 'env' for '--format <FORMAT>' [possible values: text, json, yaml]
    hint: see `resource-postgres status --help`

    $ credentials --format yaml
    error: invalid value 'yaml' for '--format <FORMAT>' [possible values: text, json, env]
    hint: see `resource-postgres credentials --help`

    $ content list --format csv
    error: invalid value 'csv' for '--format <FORMAT>' [possible values: text, json, yaml]
    hint: see `resource-postgres content list --help`

    $ logs --tail -1
    error: unexpected argument '-1' found
    hint: see `resource-postgres logs --help`

    $ logs --tail all
    error: invalid value 'all' for '--tail <LINES>': invalid digit found in string
    hint: see `resource-postgres logs --help`

    $ logs --since soon
    error: invalid value 'soon' for '--since <TIME>': a time is a distance such as `10m` or `2h`, `2026-11-23 10:00:00` (UTC), or RFC 3339
    hint: see `resource-postgres logs --help`

    $ manage start --timeout 0
    error: invalid value '0' for '--timeout <SECONDS>': 0 is not in 1..=115
    hint: see `resource-postgres manage start --help`

    $ manage start --timeout 116
    error: invalid value '116' for '--timeout <SECONDS>': 116 is not in 1..=115
    hint: see `resource-postgres manage start --help`

    $ manage stop --timeout 56
    error: invalid value '56' for '--timeout <SECONDS>': 56 is not in 1..=55
    hint: see `resource-postgres manage stop --help`

    $ manage stop --timeout soon
    error: invalid value 'soon' for '--timeout <SECONDS>': invalid digit found in string
    hint: see `resource-postgres manage stop --help`

    $ manage start --instance a/b
    error: invalid value 'a/b' for '--instance <NAME>': an instance's name has 1 to 50 of the characters a-z A-Z 0-9 _ -
    hint: see `resource-postgres manage start --help`

    $ status ../main
    error: invalid value '../main' for '[INSTANCE]': an instance's name has 1 to 50 of the characters a-z A-Z 0-9 _ -
    hint: see `resource-postgres status --help`
    ");
}

#[test]
fn flags_that_contradict_each_other_fail_with_a_line_and_a_hint() {
    let room = Room::new();
    insta::assert_snapshot!(answers(&room, &[
        &["status", "main", "--instance", "main"],
        &["status", "--json", "--format", "yaml"],
        &["logs", "--tail", "1", "--lines", "2"],
        &["logs", "--all", "--follow"],
        &["manage", "stop", "--all", "--instance", "main"],
        &["manage", "start", "--force", "--instance", "main"],
        &["content", "get", "main", "--name", "main"],
        &["content", "execute", "SELECT 1", "--name", "q.sql"],
    ]), @"
    $ status main --instance main
    error: the argument '[INSTANCE]' cannot be used with '--instance <NAME>'
    hint: see `resource-postgres status --help`

    $ status --json --format yaml
    error: the argument '--json' cannot be used with '--format <FORMAT>'
    hint: see `resource-postgres status --help`

    $ logs --tail 1 --lines 2
    error: the argument '--tail <LINES>' cannot be used with '--lines <LINES>'
    hint: see `resource-postgres logs --help`

    $ logs --all --follow
    error: the argument '--all' cannot be used with '--follow'
    hint: see `resource-postgres logs --help`

    $ manage stop --all --instance main
    error: the argument '--all' cannot be used with '--instance <NAME>'
    hint: see `resource-postgres manage stop --help`

    $ manage start --force --instance main
    error: the argument '--force' cannot be used with '--instance <NAME>'
    hint: see `resource-postgres manage start --help`

    $ content get main --name main
    error: the argument '[NAME]' cannot be used with '--name <NAME>'
    hint: see `resource-postgres content get --help`

    $ content execute SELECT 1 --name q.sql
    error: the argument '[SQL]' cannot be used with '--name <NAME>'
    hint: see `resource-postgres content execute --help`
    ");
}

#[test]
fn a_bad_variable_fails_only_the_command_that_needs_it() {
    let mut room = Room::up();
    for (name, value) in [
        ("POSTGRES_INSTANCE_PORT_RANGE_START", "80"),
        ("POSTGRES_INSTANCE_PORT_RANGE_END", "1025"),
        ("POSTGRES_MAX_INSTANCES", "none"),
        ("POSTGRES_DEFAULT_PORT", "many"),
        ("POSTGRES_RUNTIME", "podman"),
        ("POSTGRES_IMAGE", "a b"),
        ("POSTGRES_MEMORY_LIMIT", "much"),
        ("POSTGRES_CPU_LIMIT", "all"),
        ("POSTGRES_PASSWORD", "a$b"),
        ("POSTGRES_DEFAULT_USER", "a\"b"),
    ] {
        let before = room.variables().find(|(known, _)| *known == name).map(|(_, value)| value.to_owned());
        room.set(name, value);
        let status = room.run(["status", "--format", "json"]).done();
        assert_eq!((&status.json()["healthy"], status.stderr.as_str()), (&true.into(), ""), "{name}");
        for reading in [
            &["help"][..],
            &["info"],
            &["status"],
            &["logs"],
            &["credentials"],
            &["content", "list"],
            &["content", "get", "main"],
            &["content", "execute", "SELECT 1"],
            &["content", "list-instances", "--format", "json"],
            &["manage", "restart"],
        ] {
            room.run(reading).done();
        }
        let of_containers = ["POSTGRES_IMAGE", "POSTGRES_MEMORY_LIMIT", "POSTGRES_CPU_LIMIT"].contains(&name);
        let created = room.run(["content", "create-instance", "shop"]);
        if of_containers && room.kind == Kind::Native {
            created.done();
            room.run(["content", "remove", "shop", "--force"]).done();
        } else {
            let begins = format!("error: environment variable {name}: ");
            assert!(created.stderr.starts_with(&begins), "{name}: {created}");
            assert!(!room.instance("shop").exists());
        }
        match before {
            Some(value) => room.set(name, &value),
            None => room.unset(name),
        }
    }
}

#[test]
fn a_bad_name_of_a_database_fails_whoever_would_connect_to_it() {
    let mut room = Room::up();
    for name in ["POSTGRES_DB", "POSTGRES_DEFAULT_DB"] {
        room.set(name, "a\"b");
        room.run(["status"]).done();
        let refused = room.run(["content", "execute", "SELECT 1"]).failed();
        assert!(refused.stderr.starts_with(&format!("error: environment variable {name}: ")), "{refused}");
        room.run(["content", "execute", "--database", "vrooli", "SELECT 1"]).done();
        room.unset(name);
    }
}

#[test]
fn help_says_which_variable_is_wrong_and_shows_its_default() {
    let mut room = Room::new();
    room.set("POSTGRES_MAX_INSTANCES", "abc");
    let help = room.run(["help"]).done();
    insta::assert_snapshot!(help.stderr, @"a setting is wrong, and its default is shown: environment variable POSTGRES_MAX_INSTANCES: `abc` is not a number from 1 to 1000");
    assert!(help.stdout.contains("at most 67"), "{help}");
}

#[test]
fn nothing_is_made_by_a_command_that_was_not_understood() {
    let room = Room::new();
    room.run(["manage", "install", "--no-such-flag"]).failed();
    room.run(["up", "--no-such-flag"]).failed();
    assert!(!room.instances().exists());
}

//! `content create-instance`.

use std::collections::BTreeSet;
use std::fs;

use crate::support::Room;

#[test]
fn instances_stand_side_by_side_each_with_its_own_data_port_password_and_identity() {
    let room = Room::up();
    insta::assert_snapshot!(room.run(["content", "create-instance", "shop"]).done(), @"
    --- stderr
    `shop` is running on port 5434 and has answered a query
    [exit 0]
    ");
    insta::assert_snapshot!(room.run(["content", "create-instance", "lab", "--port", &(room.port + 30).to_string()]).done(), @"
    --- stderr
    `lab` is running on port 5463 and has answered a query
    [exit 0]
    ");
    let names = ["main", "shop", "lab"];
    let distinct = |of: &dyn Fn(&str) -> String| names.iter().map(|it| of(it)).collect::<BTreeSet<_>>().len();
    assert_eq!(distinct(&|name| room.recorded(name, "port")), 3);
    assert_eq!(distinct(&|name| room.recorded(name, "password")), 3);
    assert_eq!(distinct(&|name| room.value(name, "SELECT system_identifier FROM pg_control_system()")), 3);

    room.run(["content", "execute", "--instance", "shop", "CREATE TABLE mine ()"]).done();
    assert_eq!(room.value("lab", "SELECT to_regclass('mine') IS NULL"), "t");
    for name in names {
        assert_eq!(room.recorded(name, "password").len(), 25);
    }
}

#[test]
fn the_template_is_applied() {
    let room = Room::new();
    let mut limits = Vec::new();
    for template in ["development", "minimal", "production", "testing", "ecommerce", "real-estate", "saas"] {
        room.run(["content", "create-instance", template, "--template", template]).done();
        assert_eq!(room.recorded(template, "template"), template);
        limits.push(room.value(template, "SHOW max_connections"));
        let text = fs::read_to_string(room.instance(template).join("config/postgresql.conf")).unwrap();
        assert!(
            text.contains(&format!("max_connections = {}", limits.last().unwrap())),
            "{template}: {text}"
        );
        room.run(["content", "remove", "--name", template, "--force"]).done();
    }
    assert!(limits.iter().collect::<BTreeSet<_>>().len() > 3, "{limits:?}");
}

#[test]
fn a_file_of_ones_own_is_a_template_too() {
    let mut room = Room::new();
    fs::create_dir(room.path().join("templates")).unwrap();
    room.file("templates/tiny.conf", "max_connections = 11\n");
    room.set("POSTGRES_TEMPLATE_DIR", &room.path().join("templates").display().to_string());
    room.run(["content", "create-instance", "tiny", "--template", "tiny"]).done();
    assert_eq!(room.value("tiny", "SHOW max_connections"), "11");
}

#[test]
fn the_same_parameters_again_are_success_and_others_a_failure() {
    let room = Room::new();
    let create = |args: &[&str]| room.run(["content", "create-instance", "shop"].iter().chain(args));
    create(&["--template", "minimal"]).done();
    insta::assert_snapshot!(create(&["--template", "minimal"]).done(), @"
    --- stderr
    `shop` exists already, on port 5433
    [exit 0]
    ");
    create(&[]).done();
    create(&["--port", &room.recorded("shop", "port")]).done();
    insta::assert_snapshot!(create(&["--template", "saas"]).failed(), @"
    --- stderr
    error: instance `shop` exists already with template `minimal` and port 5433
    hint: choose another name, or leave the parameters out
    [exit 1]
    ");
    insta::assert_snapshot!(create(&["--port", &(room.port + 9).to_string()]).failed(), @"
    --- stderr
    error: instance `shop` exists already with template `minimal` and port 5433
    hint: choose another name, or leave the parameters out
    [exit 1]
    ");
}

#[test]
fn what_is_out_of_range_fails_in_one_line_with_a_hint_and_creates_nothing() {
    let room = Room::up();
    let last = (room.port + 66).to_string();
    let leased = room.port.to_string();
    room.run(["content", "create-instance", "last", "--port", &last]).done();
    room.run(["content", "remove", "--name", "last", "--force"]).done();
    let too_long = "x".repeat(51);
    let mut answers = String::new();
    for args in [
        &["shop", "--port", "80"][..],
        &["shop", "--port", "65535"],
        &["shop", "--port", "65536"],
        &["shop", "--port", &leased],
        &["shop", "--port", "many"],
        &["shop", "--template", "huge"],
        &["shop", "--template", "../development"],
        &["a/b"],
        &["a b"],
        &["-x"],
        &[""],
        &[&too_long],
        &[],
    ] {
        let answer = room.run(["content", "create-instance"].iter().chain(args)).failed();
        assert_eq!(answer.stderr.lines().count(), 2, "{answer}");
        answers += &format!("{answer}\n\n");
    }
    insta::assert_snapshot!(answers, @"
    --- stderr
    error: port 80 is outside the range 5433-5499
    hint: choose a port in the range, or leave --port out
    [exit 1]

    --- stderr
    error: port 65535 is outside the range 5433-5499
    hint: choose a port in the range, or leave --port out
    [exit 1]

    --- stderr
    error: invalid value '65536' for '--port <PORT>': 65536 is not in 0..=65535
    hint: see `resource-postgres content create-instance --help`
    [exit 1]

    --- stderr
    error: port 5433 belongs to another instance
    hint: choose another, or leave --port out
    [exit 1]

    --- stderr
    error: invalid value 'many' for '--port <PORT>': invalid digit found in string
    hint: see `resource-postgres content create-instance --help`
    [exit 1]

    --- stderr
    error: there is no template `huge`
    hint: there are: development, ecommerce, minimal, production, real-estate, saas, testing
    [exit 1]

    --- stderr
    error: there is no template `../development`
    hint: there are: development, ecommerce, minimal, production, real-estate, saas, testing
    [exit 1]

    --- stderr
    error: invalid value 'a/b' for '<NAME>': an instance's name has 1 to 50 of the characters a-z A-Z 0-9 _ -
    hint: see `resource-postgres content create-instance --help`
    [exit 1]

    --- stderr
    error: invalid value 'a b' for '<NAME>': an instance's name has 1 to 50 of the characters a-z A-Z 0-9 _ -
    hint: see `resource-postgres content create-instance --help`
    [exit 1]

    --- stderr
    error: unexpected argument '-x' found
    hint: see `resource-postgres content create-instance --help`
    [exit 1]

    --- stderr
    error: invalid value '' for '<NAME>': an instance's name has 1 to 50 of the characters a-z A-Z 0-9 _ -
    hint: see `resource-postgres content create-instance --help`
    [exit 1]

    --- stderr
    error: invalid value 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' for '<NAME>': an instance's name has 1 to 50 of the characters a-z A-Z 0-9 _ -
    hint: see `resource-postgres content create-instance --help`
    [exit 1]

    --- stderr
    error: the following required arguments were not provided: <NAME>
    hint: see `resource-postgres content create-instance --help`
    [exit 1]
    ");
    assert!(!room.instance("shop").exists());
    assert_eq!(
        room.run(["content", "list-instances", "--format", "json"]).json()["instances"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn no_more_instances_are_created_than_are_allowed() {
    let mut room = Room::new();
    room.set("POSTGRES_MAX_INSTANCES", "1");
    room.run(["content", "create-instance", "one"]).done();
    insta::assert_snapshot!(room.run(["content", "create-instance", "two"]).failed(), @"
    --- stderr
    error: there are 1 instances already, and no more than 1 are allowed
    hint: remove one with `content remove --name NAME --force`, or raise POSTGRES_MAX_INSTANCES
    [exit 1]
    ");
    assert!(!room.instance("two").exists());
}

#[test]
fn a_range_without_a_free_port_creates_nothing() {
    let mut room = Room::new();
    room.set("POSTGRES_INSTANCE_PORT_RANGE_END", &room.port.to_string());
    room.run(["content", "create-instance", "one"]).done();
    insta::assert_snapshot!(room.run(["content", "create-instance", "two"]).failed(), @"
    --- stderr
    error: no port from 5433 to 5433 is free
    hint: widen POSTGRES_INSTANCE_PORT_RANGE_START/END, or end the programs that listen there
    [exit 1]
    ");
    assert!(!room.instance("two").exists());
}

#[test]
fn the_environment_chooses_user_database_and_password_of_a_new_instance() {
    let mut room = Room::new();
    room.set("POSTGRES_DEFAULT_USER", "owner");
    room.set("POSTGRES_DEFAULT_DB", "shop db");
    room.set("POSTGRES_PASSWORD", "p@ss/w: d%'#");
    room.run(["content", "create-instance", "shop"]).done();
    for name in ["POSTGRES_DEFAULT_USER", "POSTGRES_DEFAULT_DB", "POSTGRES_PASSWORD"] {
        room.unset(name);
    }
    assert_eq!(room.value("shop", "SELECT current_user || '@' || current_database()"), "owner@shop db");
    let answer = room.run(["content", "get", "shop"]).done();
    assert!(answer.stdout.contains("postgresql://owner:p%40ss%2Fw%3A%20d%25%27%23@127.0.0.1:"), "{answer}");
}

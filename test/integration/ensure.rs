//! `ensure`.

use crate::support::Room;

const DOCUMENT: &str = "\
instance: shop
template: minimal
database: stock
extensions: [EXTENSION]
schemas: [app]
files: [schema.sql, seed.sql]
databases: [plain, {name: owned, owner: app, schemas: ['a \"b\"']}]
users: [web, {name: app, databases: [stock], password_file: password}]
";

fn with_files() -> Room {
    let room = Room::new();
    room.file("wanted.yaml", &DOCUMENT.replace("EXTENSION", &extension()));
    room.file("schema.sql", "CREATE TABLE app.item (id int PRIMARY KEY)");
    room.file("seed.sql", "INSERT INTO app.item VALUES (1)");
    room.file("password", "known\n");
    room
}

/// An extension that the servers here have: not all come with the same ones.
fn extension() -> String {
    let sql = "SELECT min(name) FROM pg_available_extensions WHERE name IN ('pgcrypto', 'vector')";
    Room::up().value("main", sql)
}

#[test]
fn what_is_missing_is_made_and_what_holds_is_left_alone() {
    let room = with_files();
    let answer = room.run(["ensure", "--config", "wanted.yaml"]).done();
    insta::assert_snapshot!(answer.hiding("`(pgcrypto|vector)`", "`[extension]`"), @r#"
    Instance: shop
    Host: 127.0.0.1
    Port: 5433
    Database: stock
    User: vrooli
    Password: ********
    Connection String: postgresql://vrooli:********@127.0.0.1:5433/stock
    --- stderr
    `shop` is running on port 5433 and has answered a query
    user `web` is created in `shop`
    user `app` is created in `shop`
    database `stock` is created in `shop`
    database `plain` is created in `shop`
    database `owned` is created in `shop`
    schema `app` is created in database `stock`
    extension `[extension]` is created in database `stock`
    schema `schema.sql` is applied and stored with `shop`
    schema `seed.sql` is applied and stored with `shop`
    schema `a "b"` is created in database `owned`
    [exit 0]
    "#);
    let value = |sql: &str| {
        let answer =
            room.run(["query", "--instance", "shop", "--database", "stock", "--format", "csv", sql]).done();
        answer.stdout.trim().to_owned()
    };
    assert_eq!(value("SELECT count(*) FROM app.item"), "1");
    assert_eq!(
        value("SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database WHERE NOT datistemplate"),
        "owned plain postgres stock vrooli"
    );
    insta::assert_snapshot!(room.run(["ensure", "--config", "wanted.yaml"]).done(), @"
    Instance: shop
    Host: 127.0.0.1
    Port: 5433
    Database: stock
    User: vrooli
    Password: ********
    Connection String: postgresql://vrooli:********@127.0.0.1:5433/stock
    [exit 0]
    ");
    room.run(["stop", "--instance", "shop"]).done();
    room.run(["ensure", "--config", "wanted.yaml"]).done();
    assert_eq!(room.state("shop"), "running");
}

#[test]
fn a_scenarios_declaration_is_taken_in_base64_and_leads_to_its_database() {
    let room = Room::new();
    // {"type": "postgres", "enabled": true, "startup_policy": "must_start", "database": "stock"}
    let text = "eyJ0eXBlIjogInBvc3RncmVzIiwgImVuYWJsZWQiOiB0cnVlLCAic3RhcnR1cF9wb2xpY3kiOiAibXVzdF9zdGFydCIsICJkYXRhYmFzZSI6ICJzdG9jayJ9";
    insta::assert_snapshot!(room.run(["ensure", "--config-base64", text]).done(), @"
    Instance: main
    Host: 127.0.0.1
    Port: 5433
    Database: stock
    User: vrooli
    Password: ********
    Connection String: postgresql://vrooli:********@127.0.0.1:5433/stock
    --- stderr
    `main` is running on port 5433 and has answered a query
    database `stock` is created in `main`
    [exit 0]
    ");
    let env = room.run(["ensure", "--config-base64", text, "--as-env"]).done().stdout;
    let script = format!("set -eu; {env} exec psql -X -A -t -c 'SELECT current_database()'");
    let output = room.command_of("/bin/sh".as_ref(), ["-c", &script]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "stock\n");
}

#[test]
fn a_document_that_cannot_be_used_changes_nothing() {
    let room = Room::new();
    let mut answers = String::new();
    for text in ["databse: stock\n", "databases: [{name: stock, ownr: app}]\n"] {
        answers += &format!("{}\n\n", room.feed(["ensure", "--strict", "--config", "-"], text).failed());
    }
    for text in ["database: ''\n", "- a\n", "instance: a/b\n"] {
        answers += &format!("{}\n\n", room.feed(["ensure", "--config", "-"], text).failed());
    }
    answers += &format!("{}\n\n", room.run(["ensure", "--config-base64", "%"]).failed());
    answers += &format!("{}\n\n", room.run(["ensure", "--config", "nowhere.yaml"]).failed());
    answers += &format!("{}", room.run(["ensure"]).failed());
    insta::assert_snapshot!(answers, @"
    --- stderr
    error: stdin has keys that are not known here: `databse`
    hint: see `resource-postgres help`
    [exit 1]

    --- stderr
    error: stdin has keys that are not known here: `databases.0.ownr`
    hint: see `resource-postgres help`
    [exit 1]

    --- stderr
    error: stdin cannot be used: a name in PostgreSQL is not empty
    hint: see `resource-postgres help`
    [exit 1]

    --- stderr
    error: stdin cannot be used: invalid type: sequence, expected a mapping
    hint: see `resource-postgres help`
    [exit 1]

    --- stderr
    error: an instance's name has 1 to 50 of the characters a-z A-Z 0-9 _ -
    hint: see `resource-postgres help`
    [exit 1]

    --- stderr
    error: --config-base64 holds `%`, which is no base64
    hint: see `resource-postgres help`
    [exit 1]

    --- stderr
    error: reading nowhere.yaml: No such file or directory (os error 2)
    [exit 1]

    --- stderr
    error: the following required arguments were not provided: --config-base64 <BASE64>
    hint: see `resource-postgres ensure --help`
    [exit 1]
    ");
    assert!(!room.instances().exists());
}

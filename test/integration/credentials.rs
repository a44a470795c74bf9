//! `credentials`.

use std::process::Command;

use serde_json::Value;

use crate::support::Room;

#[test]
fn credentials_are_masked_in_every_format_unless_secrets_are_asked_for() {
    let room = Room::up();
    insta::assert_snapshot!(room.run(["credentials"]).meets("credentials.exit_codes.0"), @"
    Instance: main
    Host: 127.0.0.1
    Port: 5433
    Database: vrooli
    User: vrooli
    Password: ********
    Connection String: postgresql://vrooli:********@127.0.0.1:5433/vrooli
    [exit 0]
    ");
    insta::assert_snapshot!(room.run(["credentials", "--format", "json"]).done(), @r#"
    {"resource":"postgres","status":"running","connections":[{"id":"main","name":"PostgreSQL instance main","credential_type":"postgres","connection":{"host":"127.0.0.1","port":5433,"database":"vrooli","ssl":false},"auth":{"username":"vrooli","password":"********"},"metadata":{"description":"running, template development","version":"[version]","capabilities":["sql","transactions"]}}]}
    [exit 0]
    "#);
    insta::assert_snapshot!(room.run(["credentials", "--format", "env"]).done(), @"
    # The password is hidden, and so is each variable that holds it: --show-secrets shows them.
    PGHOST=127.0.0.1
    PGPORT=5433
    PGUSER=vrooli
    PGDATABASE=vrooli
    POSTGRES_HOST=127.0.0.1
    POSTGRES_PORT=5433
    POSTGRES_USER=vrooli
    POSTGRES_DB=vrooli
    POSTGRES_SSLMODE=disable
    [exit 0]
    ");
    insta::assert_snapshot!(room.run(["credentials", "--show-secrets"]).done(), @"
    Instance: main
    Host: 127.0.0.1
    Port: 5433
    Database: vrooli
    User: vrooli
    Password: [password]
    Connection String: postgresql://vrooli:[password]@127.0.0.1:5433/vrooli
    [exit 0]
    ");
    insta::assert_snapshot!(room.run(["credentials", "--format", "env", "--show-secrets"]).done(), @r#"
    PGHOST=127.0.0.1
    PGPORT=5433
    PGUSER=vrooli
    PGPASSWORD=[password]
    PGDATABASE=vrooli
    DATABASE_URL=postgresql://vrooli:[password]@127.0.0.1:5433/vrooli?sslmode=disable
    POSTGRES_HOST=127.0.0.1
    POSTGRES_PORT=5433
    POSTGRES_USER=vrooli
    POSTGRES_PASSWORD=[password]
    POSTGRES_DB=vrooli
    POSTGRES_SSLMODE=disable
    POSTGRES_URL=postgresql://vrooli:[password]@127.0.0.1:5433/vrooli?sslmode=disable
    [exit 0]
    "#);
    let shown = room.run(["credentials", "--format", "json", "--show-secrets"]).done();
    assert_eq!(shown.json()["connections"][0]["auth"]["password"], room.recorded("main", "password"));
    for format in ["text", "json", "env"] {
        let masked = room.run(["credentials", "--format", format]).done();
        assert!(!format!("{}{}", masked.stdout, masked.stderr).contains(&room.recorded("main", "password")));
    }
}

#[test]
fn credentials_of_nothing_are_skipped() {
    let room = Room::new();
    insta::assert_snapshot!(room.run(["credentials"]).meets("credentials.exit_codes.2"), @"
    --- stderr
    no credentials configured
    [exit 2]
    ");
    insta::assert_snapshot!(room.run(["credentials", "--format", "json"]).skipped(), @r#"
    {"resource":"postgres","status":"stopped","connections":[]}
    [exit 2]
    "#);
    room.run(["credentials", "--all"]).skipped();
}

#[test]
fn credentials_of_an_unknown_instance_fail() {
    let room = Room::new();
    let answer = room.run(["credentials", "--instance", "shop"]).meets("credentials.exit_codes.1").failed();
    insta::assert_snapshot!(answer, @"
    --- stderr
    error: there is no instance `shop`
    hint: `resource-postgres content create-instance shop` creates it
    [exit 1]
    ");
    room.run(["manage", "install"]).done();
    insta::assert_snapshot!(room.run(["credentials", "--format", "json", "--instance", "shop"]).failed(), @"
    --- stderr
    error: there is no instance `shop`
    hint: there are: main
    [exit 1]
    ");
}

#[test]
fn credentials_in_json_have_the_shape_that_automation_expects() {
    let room = Room::up();
    room.run(["content", "create-instance", "shop"]).done();
    let status = |args: &[&str]| {
        let answer = room.run(["credentials", "--format", "json"].iter().chain(args)).done();
        assert_eq!((answer.stderr.as_str(), answer.stdout.lines().count()), ("", 1));
        let report = answer.json();
        check_shape(&report);
        report["status"].as_str().unwrap().to_owned()
    };
    assert_eq!(status(&["--all"]), "running");
    room.run(["stop", "--instance", "shop"]).done();
    assert_eq!((status(&[]), status(&["--instance", "shop"])), ("running".to_owned(), "stopped".to_owned()));
    std::fs::remove_dir_all(room.data("shop")).unwrap();
    assert_eq!(status(&["--instance", "shop"]), "error");
}

/// Required keys, types and allowed words of the credentials that resources answer with.
fn check_shape(report: &Value) {
    assert_eq!(report["resource"], "postgres");
    assert!(["running", "stopped", "error"].contains(&report["status"].as_str().unwrap()));
    let connections = report["connections"].as_array().unwrap();
    assert!(!connections.is_empty());
    for connection in connections {
        assert!(connection["id"].is_string() && connection["name"].is_string(), "{connection}");
        assert_eq!(connection["credential_type"], "postgres");
        let (address, auth) = (&connection["connection"], &connection["auth"]);
        assert_eq!(address["host"], "127.0.0.1");
        assert!(address["port"].is_u64() && address["database"].is_string() && address["ssl"].is_boolean());
        assert!(auth["username"].is_string() && auth["password"].is_string(), "{auth}");
        let metadata = &connection["metadata"];
        assert!(metadata["description"].is_string() && !metadata["version"].is_number(), "{metadata}");
        assert!(metadata["capabilities"].as_array().unwrap().iter().all(Value::is_string), "{metadata}");
    }
}

#[test]
fn credentials_for_the_environment_can_be_sourced_and_connect() {
    let room = Room::up();
    let env = room.run(["credentials", "--format", "env", "--show-secrets"]).done().stdout;
    let file = room.file("credentials.env", &env);
    let Some(psql) = room.psql("main") else { return };
    let psql = psql.get_program().to_string_lossy().into_owned();
    let script = format!(
        "set -euo pipefail; set -a; source {file}; set +a\n\
         '{psql}' -XAt -c 'SELECT current_user, current_database()'\n\
         unset PGHOST PGPORT PGUSER PGPASSWORD PGDATABASE\n\
         '{psql}' -XAt \"$DATABASE_URL\" -c 'SELECT 1'\n"
    );
    let mut bash = Command::new("bash");
    let output = bash.args(["-c", &script]).env_clear().output().unwrap();
    insta::assert_snapshot!(room.answer(&bash, &output), @"
    vrooli|vrooli
    1
    [exit 0]
    ");
}

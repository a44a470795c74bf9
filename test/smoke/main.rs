//! Smoke: within seconds, is the program well enough to go on?

#[path = "../support/mod.rs"]
mod support;

use support::Room;

#[test]
fn one_command_gives_a_database_that_answers_a_query() {
    let room = Room::new();
    insta::assert_snapshot!(room.run(["up"]), @r#"
    PostgreSQL [version] answers at
      postgresql://vrooli:********@127.0.0.1:5433/vrooli

    Next:
      resource-postgres content execute "SELECT version()"
      resource-postgres credentials --show-secrets
      resource-postgres status --verbose
    --- stderr
    `main` is created and running on port 5433
    [exit 0]
    "#);
    insta::assert_snapshot!(room.run(["content", "execute", "SELECT 1 AS one"]), @"
     one 
    -----
       1
    (1 row)

    [exit 0]
    ");
    insta::assert_snapshot!(room.run(["status"]), @"
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
}

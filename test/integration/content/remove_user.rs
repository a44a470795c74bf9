//! `content remove-user`.

use crate::support::{Room, eventually};

/// A room with a user who has a table, a database, and privileges.
fn with_owner() -> Room {
    let room = Room::up();
    room.run(["content", "create-user", "app"]).done();
    room.run(["content", "create-database", "stock", "--owner", "app"]).done();
    room.run(["content", "create-database", "granted"]).done();
    room.run(["content", "create-user", "app", "--database", "granted"]).done();
    room.run(["content", "execute", "CREATE TABLE kept AS SELECT 42 AS id; ALTER TABLE kept OWNER TO app"])
        .done();
    room
}

#[test]
fn a_user_who_owns_nothing_is_removed_with_its_privileges_and_password() {
    let room = Room::up();
    room.run(["content", "create-user", "app", "--database", "vrooli"]).done();
    insta::assert_snapshot!(room.run(["content", "remove-user", "app"]).done(), @"
    --- stderr
    user `app` is removed from `main`
    [exit 0]
    ");
    insta::assert_snapshot!(room.run(["content", "remove-user", "app"]).skipped(), @"
    --- stderr
    not found
    [exit 2]
    ");
    room.run(["content", "get", "--user", "app"]).failed();
}

#[test]
fn a_user_who_owns_something_stays_unless_it_goes_to_the_instances_user() {
    let room = with_owner();
    insta::assert_snapshot!(room.run(["content", "remove-user", "app"]).failed(), @"
    --- stderr
    error: user `app` is not removed: it owns something in stock, vrooli
    hint: `--force` gives that to `vrooli` first
    [exit 1]
    ");
    insta::assert_snapshot!(room.run(["content", "remove-user", "app", "--force"]).done(), @"
    --- stderr
    user `app` is removed from `main`; what it owned in stock, vrooli is `vrooli`'s now
    [exit 0]
    ");
    assert_eq!(room.value("main", "SELECT id FROM kept"), "42");
    assert_eq!(room.value("main", "SELECT tableowner FROM pg_tables WHERE tablename = 'kept'"), "vrooli");
    let owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'stock'";
    assert_eq!(room.value("main", owner), "vrooli");
}

#[test]
fn users_who_are_needed_are_not_removed() {
    let room = Room::up();
    insta::assert_snapshot!(room.run(["content", "remove-user", "vrooli", "--force"]).failed(), @"
    --- stderr
    error: user `vrooli` is not removed: it owns instance `main`
    hint: `content remove --name main --force` removes the whole instance
    [exit 1]
    ");
    insta::assert_snapshot!(room.run(["content", "remove-user", "pg_monitor", "--force"]).failed(), @r#"
    --- stderr
    error: ending the sessions of `pg_monitor`: role name "pg_monitor" is reserved: Cannot alter reserved roles. (SQLSTATE 42939)
    [exit 1]
    "#);
    room.run(["content", "execute", "SELECT 1"]).done();
}

#[test]
fn a_user_who_is_at_work_is_ended_first() {
    let room = Room::up();
    room.run(["content", "create-user", "app"]).done();
    let Some(mut psql) = room.psql("main") else { return };
    let text = room.run(["content", "get", "--user", "app"]).done().stdout;
    let password = text.lines().find_map(|it| it.strip_prefix("Password: ")).unwrap();
    psql.env("PGUSER", "app").env("PGPASSWORD", password).args(["-c", "SELECT pg_sleep(50)"]);
    let mut busy = psql.spawn().unwrap();
    let sessions = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'app'";
    eventually("somebody works as the user", || room.value("main", sessions) == "1");
    room.run(["content", "remove-user", "app"]).done();
    assert!(!busy.wait().unwrap().success());
}

//! `content remove-database`.

use crate::support::{Room, eventually};

#[test]
fn a_database_is_dropped_with_the_sessions_in_it() {
    let room = Room::up();
    room.run(["content", "create-database", "stock"]).done();
    let busy = room.spawn(["content", "execute", "--database", "stock", "SELECT pg_sleep(50)"]);
    let sessions =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = 'stock' AND query LIKE '%sleep(50)%'";
    eventually("somebody works in it", || room.value("main", sessions) == "1");
    insta::assert_snapshot!(room.run(["content", "remove-database", "stock", "--force"]).done(), @"
    --- stderr
    database `stock` is dropped from `main`
    [exit 0]
    ");
    assert!(room.wait(busy).failed().stderr.contains("57P01"));
    insta::assert_snapshot!(room.run(["content", "remove-database", "stock", "--force"]).skipped(), @"
    --- stderr
    not found
    [exit 2]
    ");
}

#[test]
fn without_a_terminal_nothing_is_asked_and_nothing_dropped() {
    let room = Room::up();
    room.run(["content", "create-database", "stock"]).done();
    insta::assert_snapshot!(room.run(["content", "remove-database", "stock"]).failed(), @"
    --- stderr
    error: dropping database `stock` of `main` with all its data needs to be confirmed
    hint: `--force` does it without asking
    [exit 1]
    ");
    room.run(["content", "execute", "--database", "stock", "SELECT 1"]).done();
}

#[test]
fn databases_that_are_needed_are_not_dropped() {
    let room = Room::up();
    let mut answers = String::new();
    for name in ["vrooli", "postgres", "template0", "template1"] {
        answers += &format!("{}\n\n", room.run(["content", "remove-database", name, "--force"]).failed());
    }
    insta::assert_snapshot!(answers, @"
    --- stderr
    error: database `vrooli` is not removed: it is the database that `main` was made with
    hint: `content remove --name main --force` removes the whole instance
    [exit 1]

    --- stderr
    error: database `postgres` is not removed: administrative work connects to it
    hint: `content remove --name main --force` removes the whole instance
    [exit 1]

    --- stderr
    error: database `template0` is not removed: it is PostgreSQL's own
    hint: `content remove --name main --force` removes the whole instance
    [exit 1]

    --- stderr
    error: database `template1` is not removed: it is PostgreSQL's own
    hint: `content remove --name main --force` removes the whole instance
    [exit 1]
    ");
    room.run(["content", "execute", "SELECT 1"]).done();
}

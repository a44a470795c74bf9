//! `content remove`.

use crate::support::{Room, pids_below};

#[test]
fn remove_deletes_an_instance_with_its_server_and_data() {
    let room = Room::up();
    room.run(["content", "create-instance", "shop"]).done();
    let answer = room.run(["content", "remove", "--name", "shop", "--force"]);
    insta::assert_snapshot!(answer.meets("content.remove.exit_codes.0"), @"
    --- stderr
    `shop` is removed with its data
    [exit 0]
    ");
    assert!(!room.instance("shop").exists());
    assert_eq!(pids_below(&room.instance("shop")), [0; 0]);
    assert_eq!(room.state("main"), "running");
    let again = room.run(["content", "remove", "--name", "shop", "--force"]);
    insta::assert_snapshot!(again.meets("content.remove.exit_codes.2"), @"
    --- stderr
    not found
    [exit 2]
    ");
}

#[test]
fn remove_without_confirmation_fails_and_deletes_nothing() {
    let room = Room::up();
    room.run(["content", "add", "query", "--file", &room.file("q.sql", "SELECT 1")]).done();
    let answer = room.run(["content", "remove", "--name", "main"]);
    insta::assert_snapshot!(answer.meets("content.remove.exit_codes.1").failed(), @"
    --- stderr
    error: deleting instance `main` with all its data needs to be confirmed
    hint: `--force` deletes it without asking
    [exit 1]
    ");
    insta::assert_snapshot!(room.run(["content", "remove", "--name", "q.sql"]).failed(), @"
    --- stderr
    error: deleting the stored query `q.sql` needs to be confirmed
    hint: `--force` deletes it without asking
    [exit 1]
    ");
    assert_eq!(room.state("main"), "running");
    room.run(["content", "get", "--name", "q.sql"]).done();
}

#[test]
fn remove_deletes_stored_content_and_leaves_what_it_had_made() {
    let room = Room::up();
    room.run(["content", "add", "--file", &room.file("s.sql", "CREATE TABLE made ();")]).done();
    insta::assert_snapshot!(room.run(["content", "remove", "--name", "s.sql", "--force"]).done(), @"
    --- stderr
    schema `s.sql` is removed; what it made in databases is as it was
    [exit 0]
    ");
    room.run(["content", "remove", "s.sql", "--force"]).skipped();
    assert_eq!(room.value("main", "SELECT count(*) FROM made"), "0");
}

#[test]
fn remove_of_content_can_name_its_instance() {
    let room = Room::up();
    room.run(["content", "create-instance", "shop"]).done();
    let file = room.file("q.sql", "SELECT 1");
    room.run(["content", "add", "query", "--file", &file]).done();
    room.run(["content", "add", "query", "--file", &file, "--instance", "shop"]).done();
    room.run(["content", "remove", "--name", "q.sql", "--instance", "shop", "--force"]).done();
    room.run(["content", "get", "--name", "q.sql", "--instance", "shop"]).skipped();
    room.run(["content", "get", "--name", "q.sql"]).done();
}

#[test]
fn of_content_that_two_types_have_only_that_of_the_named_one_is_removed() {
    let room = Room::up();
    let file = room.file("a.sql", "SELECT 1");
    for kind in ["query", "seed"] {
        room.run(["content", "add", kind, "--file", &file]).done();
    }
    let remove = ["content", "remove", "--name", "a.sql", "--force"];
    insta::assert_snapshot!(room.run(remove).failed(), @"
    --- stderr
    error: `a.sql` is stored under several types: seed, query
    hint: `--type TYPE` says which is meant
    [exit 1]
    ");
    let remove_query = remove.iter().chain(&["--type", "query"]);
    insta::assert_snapshot!(room.run(remove_query.clone()).done(), @"
    --- stderr
    query `a.sql` is removed
    [exit 0]
    ");
    room.run(remove_query).skipped();
    room.run(["content", "get", "--name", "a.sql"]).done();
}

#[test]
fn removed_content_leaves_nothing_behind_and_is_new_when_it_is_added_again() {
    let room = Room::up();
    let add = |text: &str| room.run(["content", "add", "seed", "--file", &room.file("s.sql", text)]).done();
    add("SELECT 1");
    add("SELECT 2");
    room.run(["content", "remove", "s.sql", "--force"]).done();
    let content = room.instance("main").join("content");
    for place in ["seed/s.sql", ".meta/seed/s.sql.json", ".revisions/seed/s.sql"] {
        assert!(!content.join(place).exists(), "{place}");
    }
    insta::assert_snapshot!(add("SELECT 2"), @"
    --- stderr
    seed `s.sql` is applied and stored with `main`
    [exit 0]
    ");
}

#[test]
fn remove_drops_the_database_or_user_of_the_name() {
    let room = Room::up();
    room.run(["content", "create-database", "stock"]).done();
    room.run(["content", "create-user", "app"]).done();
    insta::assert_snapshot!(room.run(["content", "remove", "--name", "stock"]).failed(), @"
    --- stderr
    error: dropping database `stock` of `main` with all its data needs to be confirmed
    hint: `--force` does it without asking
    [exit 1]
    ");
    insta::assert_snapshot!(room.run(["content", "remove", "--name", "stock", "--force"]).done(), @"
    --- stderr
    database `stock` is dropped from `main`
    [exit 0]
    ");
    insta::assert_snapshot!(room.run(["content", "remove", "--name", "app"]).done(), @"
    --- stderr
    user `app` is removed from `main`
    [exit 0]
    ");
    for name in ["stock", "app", "nothing", "../x"] {
        room.run(["content", "remove", "--name", name, "--force"]).skipped();
    }
    insta::assert_snapshot!(room.run(["content", "remove", "--name", "vrooli", "--force"]).failed(), @"
    --- stderr
    error: database `vrooli` is not removed: it is the database that `main` was made with
    hint: `content remove --name main --force` removes the whole instance
    [exit 1]
    ");
}

#[test]
fn content_whose_metadata_is_damaged_can_be_removed() {
    let room = Room::up();
    room.run(["content", "add", "query", "--file", &room.file("q.sql", "SELECT 1")]).done();
    std::fs::write(room.instance("main").join("content/.meta/query/q.sql.json"), "").unwrap();
    room.run(["content", "remove", "q.sql", "--force"]).done();
    room.run(["content", "get", "q.sql"]).skipped();
}

#[test]
fn remove_of_what_only_the_server_could_know_is_refused_while_it_is_stopped() {
    let room = Room::up();
    room.run(["stop"]).done();
    insta::assert_snapshot!(room.run(["content", "remove", "--name", "stock", "--force"]).failed(), @"
    --- stderr
    error: instance `main` is stopped
    hint: `resource-postgres start --instance main` starts it
    [exit 1]
    ");
}

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

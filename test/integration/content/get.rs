//! `content get`.

use std::fs;

use crate::support::Room;

#[test]
fn get_prints_how_to_connect_to_an_instance() {
    let room = Room::up();
    insta::assert_snapshot!(room.run(["content", "get", "--name", "main"]).meets("content.get.exit_codes.0"), @"
    Instance: main
    Host: localhost
    Port: 5433
    Database: vrooli
    User: vrooli
    Password: [password]
    Connection String: postgresql://vrooli:[password]@localhost:5433/vrooli
    [exit 0]
    ");
    let password = room.recorded("main", "password");
    let expected =
        format!("Connection String: postgresql://vrooli:{password}@localhost:{}/vrooli\n", room.port);
    assert!(room.run(["content", "get", "main"]).done().stdout.ends_with(&expected));
}

#[test]
fn get_prints_stored_content_as_it_was_added() {
    let room = Room::up();
    let file = room.file("q.sql", "SELECT 'no line break at the end'");
    room.run(["content", "add", "query", "--file", &file]).done();
    insta::assert_snapshot!(room.run(["content", "get", "--name", "q.sql"]).done(), @"SELECT 'no line break at the end'[exit 0]");
}

#[test]
fn get_of_what_is_not_there_is_skipped_and_writes_no_file() {
    let room = Room::up();
    let output = room.path().join("out").display().to_string();
    let answer = room.run(["content", "get", "--name", "nothing.sql", "--output", &output]);
    insta::assert_snapshot!(answer.meets("content.get.exit_codes.2"), @"
    --- stderr
    not found
    [exit 2]
    ");
    room.run(["content", "get", "--name", "../../etc/passwd"]).skipped();
    assert!(!fs::exists(output).unwrap());
}

#[test]
fn an_output_file_is_whole_or_as_it_was() {
    let room = Room::up();
    let output = room.file(
        "out",
        "older and longer than what replaces it, so that a rest would be seen".repeat(9).as_str(),
    );
    room.run(["content", "get", "--name", "main", "--output", &output]).done();
    assert_eq!(fs::read_to_string(&output).unwrap(), room.run(["content", "get", "main"]).done().stdout);

    let folder = room.path().join("folder");
    fs::create_dir(&folder).unwrap();
    let answer = room.run(["content", "get", "main", "--output", &folder.display().to_string()]);
    insta::assert_snapshot!(answer.meets("content.get.exit_codes.1").failed(), @"
    --- stderr
    error: writing [room]/folder: Is a directory (os error 21)
    hint: a file and a folder are in each other's place: move it away, or choose another folder
    [exit 1]
    ");
    let nowhere = room.path().join("nowhere/out").display().to_string();
    insta::assert_snapshot!(room.run(["content", "get", "main", "--output", &nowhere]).failed(), @"
    --- stderr
    error: writing [room]/nowhere/out: entity not found
    [exit 1]
    ");
    let left: Vec<_> = fs::read_dir(&folder).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_device_is_written_to_and_not_replaced() {
    let room = Room::up();
    let printed = room.run(["content", "get", "main"]).done().stdout;
    assert_eq!(room.run(["content", "get", "main", "--output", "/dev/stdout"]).done().stdout, printed);
    assert!(fs::symlink_metadata("/dev/stdout").unwrap().is_symlink());
}

#[test]
fn a_password_that_is_written_to_a_file_is_readable_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let room = Room::up();
    room.run(["content", "get", "main", "--output", "out"]).done();
    assert_eq!(fs::metadata(room.path().join("out")).unwrap().permissions().mode() & 0o777, 0o600);
}

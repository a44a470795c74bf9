//! Data directories that are not what they should be: refused, and no byte of them is touched.

use std::fs;
use std::path::Path;

use resource_postgres::runtime::Kind;

use super::{complaint, files_below};
use crate::support::{Answer, Room};

/// Everything that could take it into its head to make data.
const MAKERS: [&[&str]; 6] = [
    &["manage", "start", "--wait"],
    &["manage", "restart"],
    &["manage", "restart", "--force"],
    &["start"],
    &["restart"],
    &["up"],
];

/// Runs all makers, each of which must refuse in the same words, and answers those.
fn refusals(room: &Room, instance: &Path) -> Answer {
    let before = files_below(instance);
    let mut last: Option<Answer> = None;
    for maker in MAKERS {
        let answer = room.run(maker).failed();
        if let Some(last) = &last {
            assert_eq!(answer.stderr, last.stderr, "{maker:?}");
        }
        assert!(files_below(instance) == before, "{maker:?}");
        last = Some(answer);
    }
    last.unwrap()
}

/// A room whose stopped instance has a row.
pub fn stopped() -> Room {
    let room = Room::up();
    room.run(["content", "execute", "CREATE TABLE kept AS SELECT 42 AS answer"]).done();
    room.run(["manage", "stop"]).done();
    room
}

/// The instance starts, and its row is there.
pub fn assert_starts_with_its_row(room: &Room) {
    room.run(["manage", "start", "--wait"]).done();
    assert_eq!(room.value("main", "SELECT answer FROM kept"), "42");
}

#[test]
fn a_data_directory_that_is_missing_is_not_made_anew() {
    let room = stopped();
    let away = room.path().join("away");
    fs::rename(room.data("main"), &away).unwrap();
    insta::assert_snapshot!(refusals(&room, &room.instance("main")), @"
    --- stderr
    error: the data directory of instance `main` is missing: [room]/instances/main/data
    hint: put the data back, or begin anew with `resource-postgres content remove --name main --force`
    [exit 1]
    ");
    insta::assert_snapshot!(room.run(["status"]), @"
    PostgreSQL: unhealthy
    ✅ Installed: Yes
    ❌ Running: No
    ❌ Healthy: No
    Health: main is missing: its data directory is missing
    Port: 5433 (range 5433-5499)
    Endpoint: postgresql://localhost:5433/vrooli

    Instances: 1, running 0, healthy 0
    NAME  STATE    PORT  DATABASE  TEMPLATE     WHY
    main  missing  5433  vrooli    development  its data directory is missing
    [exit 1]
    ");
    assert!(!room.data("main").exists());
    fs::rename(&away, room.data("main")).unwrap();
    assert_starts_with_its_row(&room);
}

#[test]
fn files_in_the_place_of_the_data_are_left_alone() {
    let room = stopped();
    let away = room.path().join("away");
    fs::rename(room.data("main"), &away).unwrap();
    fs::create_dir(room.data("main")).unwrap();
    fs::write(room.data("main").join("thesis.txt"), "years of work").unwrap();
    insta::assert_snapshot!(refusals(&room, &room.instance("main")), @"
    --- stderr
    error: the data directory of instance `main`, [room]/instances/main/data, cannot be used: what lies in its data directory was not made by PostgreSQL
    hint: move that away and put the data back, or delete it all with `resource-postgres content remove --name main --force`
    [exit 1]
    ");
    fs::remove_dir_all(room.data("main")).unwrap();
    fs::rename(&away, room.data("main")).unwrap();
    assert_starts_with_its_row(&room);
}

#[test]
fn data_that_another_version_wrote_is_left_alone() {
    let room = stopped();
    let file = room.data("main").join("PG_VERSION");
    let version = fs::read(&file).unwrap();
    fs::write(&file, "99\n").unwrap();
    let refusal = refusals(&room, &room.instance("main"));
    match room.kind {
        Kind::Native => insta::assert_snapshot!(refusal, @"
        --- stderr
        error: no PostgreSQL programs of version 99 were found
        hint: install PostgreSQL 99, or name its folder in POSTGRES_BIN_DIR
        [exit 1]
        "),
        Kind::Docker => insta::assert_snapshot!(refusal.hiding(r"holds \d+", "holds [major]"), @"
        --- stderr
        error: the data directory of instance `main`, [room]/instances/main/data, cannot be used: PostgreSQL 99 wrote it, and image `postgres:16-alpine` holds [major]
        hint: name an image of PostgreSQL 99 in `image` of its record, and none in `digest`
        [exit 1]
        "),
    }
    fs::write(&file, version).unwrap();
    assert_starts_with_its_row(&room);
}

#[test]
fn data_whose_record_is_lost_is_left_alone() {
    let room = stopped();
    let record = room.instance("main").join("config/instance.conf");
    let text = fs::read(&record).unwrap();
    fs::remove_file(&record).unwrap();
    let before = files_below(&room.instance("main"));
    for maker in [&["up"][..], &["manage", "install"], &["content", "create-instance", "main"]] {
        let (error, hint) = complaint(room.run(maker));
        assert!(error.contains("holds the data of another server"), "{error}");
        assert_eq!(hint, "move it away, or choose another name");
        assert!(files_below(&room.instance("main")) == before, "{maker:?}");
    }
    fs::write(&record, text).unwrap();
    assert_starts_with_its_row(&room);
}

#[test]
fn a_folder_with_somebodys_files_is_left_alone_even_by_a_creation_that_fails() {
    let mut room = Room::new();
    for place in ["notes.txt", "data/notes.txt", "content/query/notes.sql"] {
        let file = room.instance("shop").join(place);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, "years of work").unwrap();
        room.set("POSTGRES_BIN_DIR", "/nowhere");
        complaint(room.run(["content", "create-instance", "shop"]));
        room.unset("POSTGRES_BIN_DIR");
        let (error, _) = complaint(room.run(["content", "create-instance", "shop"]));
        assert!(error.contains("no record says that it is ours"), "{error}");
        assert_eq!(fs::read_to_string(&file).unwrap(), "years of work");
        fs::remove_dir_all(room.instance("shop")).unwrap();
    }
}

#[test]
fn an_empty_folder_in_the_place_of_an_instance_is_used() {
    let room = Room::new();
    fs::create_dir_all(room.data("shop")).unwrap();
    room.run(["content", "create-instance", "shop"]).done();
}

#[test]
fn data_that_is_deleted_under_its_server_is_not_made_anew() {
    let room = Room::up();
    fs::remove_dir_all(room.data("main")).unwrap();
    insta::assert_snapshot!(refusals(&room, &room.instance("main")), @"
    --- stderr
    error: the data directory of instance `main` is missing: [room]/instances/main/data
    hint: put the data back, or begin anew with `resource-postgres content remove --name main --force`
    [exit 1]
    ");
    assert!(!room.data("main").exists());
}

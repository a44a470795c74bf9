//! What `content add` keeps of content beside its bytes.

use std::fs;

use crate::support::Room;

#[test]
fn what_cannot_be_recorded_is_applied_again() {
    let room = Room::up();
    room.run(["content", "execute", "CREATE TABLE visits (n int)"]).done();
    let file = room.file("visit.sql", "INSERT INTO visits VALUES (1);");
    // A folder in the place of the file of what is known.
    let meta = room.instance("main").join("content/.meta/schema/visit.sql.json");
    fs::create_dir_all(&meta).unwrap();
    insta::assert_snapshot!(room.run(["content", "add", "--file", &file]).failed(), @"
    --- stderr
    error: writing [room]/instances/main/content/.meta/schema/visit.sql.json: Is a directory (os error 21)
    hint: a file and a folder are in each other's place: move it away, or choose another folder
    [exit 1]
    ");
    fs::remove_dir(&meta).unwrap();
    insta::assert_snapshot!(room.run(["content", "add", "--file", &file]).done(), @"
    --- stderr
    schema `visit.sql` is applied and stored with `main`
    [exit 0]
    ");
    room.run(["content", "add", "--file", &file]).skipped();
    assert_eq!(room.value("main", "SELECT count(*) FROM visits"), "2");
}

#[test]
fn what_an_earlier_version_stored_is_adopted() {
    let room = Room::up();
    let content = room.instance("main").join("content");
    for dir in [content.join("schema"), content.join(".applied/db-vrooli/schema")] {
        fs::create_dir_all(&dir).unwrap();
        fs::write(dir.join("s.sql"), "CREATE TABLE old ();").unwrap();
    }
    room.run(["content", "execute", "CREATE TABLE old ()"]).done();
    let list = ["content", "list", "--filter", "s.sql"];
    insta::assert_snapshot!(room.run(list).done(), @"
    NAME   TYPE    INSTANCE  DETAIL
    s.sql  schema  main      revision 1, 20 bytes, sha256 a493400ad17b, applied
    [exit 0]
    ");
    let add = |text: &str| room.run(["content", "add", "--file", &room.file("s.sql", text)]);
    add("CREATE TABLE old ();").skipped();
    assert!(!content.join(".applied").exists());
    insta::assert_snapshot!(room.run(list).done(), @"
    NAME   TYPE    INSTANCE  DETAIL
    s.sql  schema  main      revision 1, 20 bytes, sha256 a493400ad17b, applied
    [exit 0]
    ");
    add("CREATE TABLE new ();").done();
    insta::assert_snapshot!(room.run(list).done(), @"
    NAME   TYPE    INSTANCE  DETAIL
    s.sql  schema  main      revision 2, 20 bytes, sha256 87b493856b12, applied
    [exit 0]
    ");
    let first = room.run(["content", "get", "s.sql", "--revision", "1"]).done().stdout;
    assert_eq!(first, "CREATE TABLE old ();");
}

#[test]
fn what_is_known_of_content_is_its_owners_only() {
    use std::os::unix::fs::PermissionsExt;
    let room = Room::up();
    let add = |text: &str| room.run(["content", "add", "--file", &room.file("s.sql", text)]).done();
    add("CREATE TABLE one ();");
    add("CREATE TABLE two ();");
    let mode = |path: &str| {
        let found = fs::metadata(room.instance("main").join("content").join(path)).unwrap();
        found.permissions().mode() & 0o777
    };
    for file in ["schema/s.sql", ".meta/schema/s.sql.json", ".revisions/schema/s.sql/1"] {
        assert_eq!(mode(file), 0o600, "{file}");
    }
    for dir in
        ["schema", ".meta", ".meta/schema", ".revisions", ".revisions/schema", ".revisions/schema/s.sql"]
    {
        assert_eq!(mode(dir), 0o700, "{dir}");
    }
}

#[test]
fn damage_to_what_is_known_is_told_with_its_file_and_loses_nothing() {
    let room = Room::up();
    let add = |text: &str| room.run(["content", "add", "--file", &room.file("s.sql", text)]);
    add("CREATE TABLE one ();").done();
    let meta = room.instance("main").join("content/.meta/schema/s.sql.json");
    fs::write(&meta, "{\"revision\": 1,").unwrap();
    insta::assert_snapshot!(add("CREATE TABLE two ();").failed(), @"
    --- stderr
    error: what is known of stored content in [room]/instances/main/content/.meta/schema/s.sql.json cannot be used: EOF while parsing a value at line 1 column 15
    hint: the content itself is untouched: correct the file, or move it away to begin again with revision 1
    [exit 1]
    ");
    let list = ["content", "list", "--filter", "s.sql"];
    insta::assert_snapshot!(room.run(list).ended(1), @"
    NAME   TYPE    INSTANCE  DETAIL
    s.sql  schema  main      20 bytes, damaged: what is known of stored content in [room]/instances/main/content/.meta/schema/s.sql.json cannot be used: EOF while parsing a value at line 1 column 15
    [exit 1]
    ");
    assert_eq!(room.run(["content", "get", "s.sql"]).done().stdout, "CREATE TABLE one ();");
    fs::remove_file(&meta).unwrap();
    insta::assert_snapshot!(add("CREATE TABLE two ();").done(), @"
    --- stderr
    schema `s.sql` is applied and stored with `main` as revision 2
    [exit 0]
    ");
}

#[test]
fn a_place_that_cannot_be_written_to_is_found_before_anything_is_applied() {
    let room = Room::up();
    fs::write(room.instance("main").join("content/seed"), "a file where a folder should be").unwrap();
    room.run(["content", "execute", "CREATE TABLE visits (n int)"]).done();
    let file = room.file("visit.sql", "INSERT INTO visits VALUES (1);");
    insta::assert_snapshot!(room.run(["content", "add", "seed", &file]).failed(), @"
    --- stderr
    error: writing to [room]/instances/main/content/seed: not a directory
    hint: a file and a folder are in each other's place: move it away, or choose another folder
    [exit 1]
    ");
    assert_eq!(room.value("main", "SELECT count(*) FROM visits"), "0");
}

//! Backups that are not as they were made: a drill finds it, and a restore touches nothing.

use std::fs;
use std::path::Path;

use resource_postgres::backups::metadata::Metadata;

use super::{backed_up, below, in_shop, shop};

/// Changes one byte in the middle of a file.
fn flip(file: &Path) -> Vec<u8> {
    let before = fs::read(file).unwrap();
    let mut after = before.clone();
    let middle = after.len() / 2;
    after[middle] ^= 1;
    fs::write(file, after).unwrap();
    before
}

#[test]
fn one_changed_byte_in_any_file_is_found() {
    let room = backed_up();
    in_shop(&room, "main", "DELETE FROM kept");
    let files: Vec<_> =
        below(&room.backups("main").join("b")).into_iter().filter(|it| it.is_file()).collect();
    assert!(files.len() > 8, "{files:?}");
    for file in files {
        let before = flip(&file);
        let proved = room.run(["content", "verify-backup", "b"]);
        assert_eq!(proved.code, Some(1), "{}: {proved}", file.display());
        assert!(proved.stdout.starts_with("b: failed: "), "{}: {proved}", file.display());
        let refused = room.run(["content", "restore", "b", "--yes"]).failed();
        assert!(refused.stderr.contains("cannot be used"), "{refused}");
        // The drill writes its verdict into one of them.
        if !file.ends_with("metadata.json") {
            fs::write(&file, before).unwrap();
        } else {
            assert_eq!(room.run(["content", "list-backups"]).code, Some(1));
            fs::write(&file, before).unwrap();
        }
    }
    assert_eq!(in_shop(&room, "main", "SELECT count(*) FROM kept"), "0", "nothing was touched");
    room.run(["content", "restore", "b", "--yes"]).done();
    assert_eq!(in_shop(&room, "main", "SELECT count(*) FROM kept"), "500");
}

#[test]
fn files_that_are_missing_or_strange_are_found() {
    let room = backed_up();
    let dir = room.backups("main").join("b");
    fs::write(dir.join("databases/strange"), "").unwrap();
    let strange = room.run(["content", "verify-backup", "b"]).ended(1);
    assert_eq!(strange.stdout, "b: failed: databases/strange is a file that was not in it\n");
    fs::remove_file(dir.join("databases/strange")).unwrap();
    fs::remove_file(dir.join("globals.sql")).unwrap();
    let missing = room.run(["content", "verify-backup", "b"]).ended(1);
    assert_eq!(missing.stdout, "b: failed: globals.sql is missing\n");
    fs::remove_file(dir.join("metadata.json")).unwrap();
    let unknown = room.run(["content", "restore", "b", "--into", "copy"]).failed();
    assert!(unknown.stderr.contains("it has no metadata.json"), "{unknown}");
}

#[test]
fn rows_that_are_not_what_they_were_fail_the_drill() {
    let room = backed_up();
    let file = room.backups("main").join("b/metadata.json");
    let mut known = Metadata::parse(&fs::read_to_string(&file).unwrap()).unwrap();
    let shop = known.databases.iter_mut().find(|it| it.name == "shop").unwrap();
    shop.tables[1].rows += 1;
    fs::write(&file, known.render().unwrap()).unwrap();
    let failed = room.run(["content", "verify-backup", "b"]).ended(1);
    assert_eq!(failed.stdout, "b: failed: database shop: table public.kept has 500 rows and not 501\n");
}

#[test]
fn a_backup_of_a_later_version_is_refused_before_anything_is_touched() {
    let room = backed_up();
    let file = room.backups("main").join("b/metadata.json");
    let mut known = Metadata::parse(&fs::read_to_string(&file).unwrap()).unwrap();
    known.server_version_num = 990_000;
    fs::write(&file, known.render().unwrap()).unwrap();
    for args in
        [["content", "restore", "b", "--yes"].as_slice(), &["content", "restore", "b", "--into", "copy"]]
    {
        let refused = room.run(args).failed();
        assert!(refused.stderr.contains("PostgreSQL 99 made it, and here is"), "{refused}");
    }
    assert_eq!(room.run(["content", "list-instances"]).done().stdout.lines().count(), 2);
}

#[test]
fn a_physical_backup_that_was_changed_in_any_file_is_found_out_and_not_restored() {
    let room = shop();
    room.run(["content", "backup", "--type", "physical", "--name", "p"]).done();
    let files: Vec<_> = below(&room.backups("main").join("p/data"))
        .into_iter()
        .filter(|it| it.is_file() && fs::metadata(it).is_ok_and(|it| it.len() > 0))
        .collect();
    // Each of them is one like the others for whoever compares: a table, WAL, the label, the manifest, and some at random.
    let named =
        ["/base/5/", "/pg_wal/0", "/backup_label", "/backup_manifest", "/global/pg_control", "/pg_xact/0"];
    let all = named.map(|name| files.iter().find(|it| it.to_string_lossy().contains(name)).unwrap());
    for file in all {
        let good = flip(file);
        let restored = room.run(["content", "restore", "p", "--into", "copy"]).failed();
        assert!(restored.stderr.contains("was changed: its checksum is another"), "{restored}");
        let verified = room.run(["content", "verify-backup", "p"]);
        assert_eq!(verified.code, Some(1), "{verified}");
        assert!(verified.stdout.contains("was changed: its checksum is another"), "{verified}");
        fs::write(file, good).unwrap();
    }
    assert!(!room.instance("copy").exists());
    room.run(["content", "restore", "p", "--into", "copy"]).done();
}

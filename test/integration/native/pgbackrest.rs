//! Archives that pgbackrest keeps.

use std::path::Path;

use crate::support::Room;

#[test]
fn an_instance_is_restored_from_an_archive_that_pgbackrest_keeps() {
    if !Path::new("/usr/bin/pgbackrest").exists() {
        println!("skipped: no pgbackrest");
        return;
    }
    let mut room = Room::new();
    let backups = room.path().join("backups").display().to_string();
    room.set("POSTGRES_BACKUP_DIR", &backups);
    room.run(["up"]).done();
    room.run(["content", "backup", "enable-pitr", "--yes"]).done();
    let begun = room.run(["content", "backup", "enable-pitr", "--with", "pgbackrest", "--yes"]).done();
    assert!(begun.stdout.contains("-pgbackrest\n"), "{begun}");
    // Asked again, without saying by whom, it goes on as it is.
    room.run(["content", "backup", "enable-pitr"]).done();
    let archives = "SELECT current_setting('archive_command') LIKE 'pgbackrest %'";
    assert_eq!(room.value("main", archives), "t");
    room.run(["content", "execute", "CREATE TABLE kept AS SELECT 7 AS answer"]).done();
    room.run(["content", "backup", "create-restore-point", "before"]).done();
    room.run(["content", "execute", "DROP TABLE kept"]).done();
    room.run(["content", "restore", "--to-name", "before", "--into", "copy"]).done();
    assert_eq!(room.value("copy", "SELECT answer FROM kept"), "7");
    // The first one's data is as it was: what was fetched went to the copy.
    room.run(["manage", "restart"]).done();
    assert_eq!(room.value("main", "SELECT to_regclass('kept') IS NULL"), "t");
    room.run(["content", "restore", "--to", "latest", "--into", "latest"]).done();
}

//! Physical backups: the files of a whole instance.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::{assert_whole, below, in_shop, shop};

#[test]
fn a_physical_backup_is_proved_and_becomes_an_instance_even_where_the_first_one_is_gone() {
    let room = shop();
    let taken = room.run(["content", "backup", "--type", "physical", "--name", "p"]).done();
    insta::assert_snapshot!(taken.hiding(r"\d+ MiB in [0-9.]+ s", "[size and time]"), @r"
    [room]/backups/main/p
    --- stderr
    `p` has 3 databases of `main`: [size and time]
    next: resource-postgres content verify-backup p
    [exit 0]
    ");
    let password = room.recorded("main", "password");
    for path in below(&room.backups("main")) {
        let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, if path.is_dir() { 0o700 } else { 0o600 }, "{}", path.display());
        let text = if path.is_dir() { Vec::new() } else { fs::read(&path).unwrap() };
        assert!(!String::from_utf8_lossy(&text).contains(&password), "{}", path.display());
    }
    insta::assert_snapshot!(room.run(["content", "verify-backup", "p", "--instance", "main"]).done(), @r"
    p: passed: its server starts, and every row of 3 databases can be read
    [exit 0]
    ");
    room.run(["content", "restore", "p", "--into", "copy"]).done();
    assert_whole(&room, "copy");
    for key in ["password", "port"] {
        assert_ne!(room.recorded("copy", key), room.recorded("main", key));
    }
    let identifier = "SELECT system_identifier FROM pg_control_system()";
    assert_ne!(room.value("copy", identifier), room.value("main", identifier));
    in_shop(&room, "copy", "DELETE FROM kept");
    assert_whole(&room, "main");
    room.run(["content", "remove", "--name", "main", "--force"]).done();
    room.run(["content", "restore", "p", "--into", "main"]).done();
    assert_whole(&room, "main");
    room.run(["manage", "restart"]).done();
    room.run(["status", "main"]).done();
    assert!(!room.instance("main").join("run/first-password").exists());
}

#[test]
fn what_a_physical_backup_cannot_do_is_said() {
    let room = shop();
    room.run(["content", "backup", "--type", "physical", "--name", "p"]).done();
    for (args, said) in [
        (vec!["content", "restore", "p", "--yes"], "backup `p` does not fit: it is a whole instance"),
        (
            vec!["content", "backup", "--type", "physical", "--database", "shop"],
            "a physical backup has all databases",
        ),
        (vec!["content", "backup", "--type", "physical", "--compress", "zstd"], "are not compressed"),
        (vec!["content", "restore", "p", "--to", "latest", "--into", "copy"], "cannot be used with"),
    ] {
        let answer = room.run(&args).failed();
        assert!(answer.stderr.contains(said), "{answer}");
    }
    let place = room.data("main").join("elsewhere");
    in_shop(&room, "main", "SELECT set_config('allow_in_place_tablespaces', 'on', false) IS NOT NULL");
    let made =
        ["content", "execute", "SET allow_in_place_tablespaces = on; CREATE TABLESPACE apart LOCATION ''"];
    room.run(made).done();
    let refused = room.run(["content", "backup", "--type", "physical", "--name", "q"]).failed();
    insta::assert_snapshot!(refused, @r"
    --- stderr
    error: backing up the files of `main`: it has a tablespace `apart`
    hint: back up its databases (`--type full`)
    [exit 1]
    ");
    assert!(!place.exists() && !room.backups("main").join("q").exists());
}

//! Taking a backup.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use resource_postgres::runtime::Kind;

use super::{backed_up, below, in_shop, shop};
use crate::support::{container, eventually, kill};

#[test]
fn a_backup_says_where_it_is_and_is_listed_until_it_is_proved_and_after() {
    let room = shop();
    let taken = room
        .run(["content", "backup", "--name", "b"])
        .done()
        .hiding(r"\d+ KiB in [0-9.]+ s", "[size and time]");
    insta::assert_snapshot!(taken, @r"
    [room]/backups/main/b
    --- stderr
    `b` has 3 databases of `main`: [size and time]
    next: resource-postgres content verify-backup b
    [exit 0]
    ");
    let listed = || {
        let listed = room.run(["content", "list-backups"]).done().hiding(r"\d+ s ", "[age] ");
        listed
            .hiding(r"\d+ KiB", "[size]")
            .hiding(r"20\d\d-[0-9T:-]+Z", "[time]")
            .hiding(r"\d\d\.\d+", "[version]")
            // As wide as the age is long.
            .hiding(" +", " ")
    };
    insta::assert_snapshot!(listed(), @r"
    INSTANCE NAME TYPE AGE SIZE POSTGRESQL VERIFIED
    main b full [age] [size] [version] never
    [exit 0]
    ");
    let proved = room.run(["content", "verify-backup", "--latest"]).done();
    insta::assert_snapshot!(proved, @r"
    b: passed: all is as it was, in 3 databases and 3 tables
    [exit 0]
    ");
    insta::assert_snapshot!(listed(), @r"
    INSTANCE NAME TYPE AGE SIZE POSTGRESQL VERIFIED
    main b full [age] [size] [version] passed [time]
    [exit 0]
    ");
    let report = room.run(["content", "list-backups", "--format", "json"]).done().json();
    assert_eq!(report["backups"][0]["verified"]["passed"], true, "{report}");
    assert_eq!(
        room.run(["content", "list-instances"]).done().stdout.lines().count(),
        2,
        "the drill's is gone"
    );
}

#[test]
fn nobody_else_may_read_a_backup_and_it_holds_no_password() {
    let room = backed_up();
    let password = room.recorded("main", "password");
    for path in below(&room.path().join("backups")) {
        let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, if path.is_dir() { 0o700 } else { 0o600 }, "{}", path.display());
        let text = if path.is_dir() { Vec::new() } else { fs::read(&path).unwrap() };
        let text = String::from_utf8_lossy(&text);
        assert!(!text.contains(&password) && !text.contains("SCRAM-SHA-256$"), "{}", path.display());
    }
    room.run(["content", "backup", "--name", "keys", "--with-passwords"]).done();
    let roles = fs::read_to_string(room.backups("main").join("keys/globals.sql")).unwrap();
    assert!(roles.contains("SCRAM-SHA-256$"), "{roles}");
}

#[test]
fn what_is_asked_for_is_in_it_and_nothing_else() {
    let room = shop();
    room.run(["content", "backup", "--name", "s", "--type", "schema", "--database", "shop"]).done();
    room.run(["content", "backup", "--name", "d", "--type", "data", "--compress", "none"]).done();
    let report = room.run(["content", "list-backups", "--format", "json"]).done().json();
    let schema = report["backups"].as_array().unwrap().iter().find(|it| it["name"] == "s").unwrap();
    assert_eq!(schema["databases"], serde_json::json!(["shop"]));
    room.run(["content", "verify-backup", "--all"]).done();
    let refused = room.run(["content", "restore", "d", "--into", "copy"]).failed();
    insta::assert_snapshot!(refused, @r"
    --- stderr
    error: backup `d` does not fit: it has rows only, and no definitions
    hint: restore a backup of type full or schema
    [exit 1]
    ");
    room.run(["content", "restore", "s", "--into", "copy"]).done();
    assert_eq!(in_shop(&room, "copy", "SELECT count(*) FROM kept"), "0");
}

#[test]
fn what_cannot_be_backed_up_is_said_and_leaves_nothing() {
    let mut room = backed_up();
    for (args, said) in [
        (vec!["content", "backup", "--name", "b"], "there is a backup `b` of `main` already"),
        (vec!["content", "backup", "--name", "../b"], "with a letter or digit at the beginning"),
        (vec!["content", "backup", "--database", "nope"], "`main` has no database `nope`"),
        (vec!["content", "backup", "--instance", "nope"], "instance `nope`"),
        (vec!["content", "restore", "nope", "--yes"], "there is no backup `nope` of `main`; there are: b"),
        (vec!["content", "verify-backup"], "required"),
    ] {
        let answer = room.run(&args).failed();
        assert!(answer.stderr.contains(said), "{answer}");
    }
    room.run(["manage", "stop"]).done();
    let stopped = room.run(["content", "backup", "--name", "c"]).failed();
    assert!(stopped.stderr.contains("stopped"), "{stopped}");
    let file = room.path().join("file");
    fs::write(&file, "").unwrap();
    room.run(["manage", "start", "--wait"]).done();
    room.set("POSTGRES_BACKUP_DIR", file.to_str().unwrap());
    let misplaced = room.run(["content", "backup", "--name", "c"]).failed();
    assert!(misplaced.stderr.contains("making the folder"), "{misplaced}");
    let names: Vec<_> = fs::read_dir(room.path().join("backups/main")).unwrap().flatten().collect();
    assert_eq!(names.len(), 1, "{names:?}");
}

#[test]
fn a_backup_that_is_interrupted_or_loses_its_server_leaves_nothing() {
    let room = shop();
    // It has to wait for this session, and is found waiting.
    let lock = "BEGIN; LOCK TABLE kept; SELECT pg_sleep(60)";
    for ending in ["INT", "TERM", "server"] {
        let holder = room.spawn(["content", "execute", "--database", "shop", lock]);
        let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted";
        eventually("the lock is held", || {
            room.value("main", "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted")
                != "0"
        });
        let backup = room.spawn(["content", "backup", "--name", "c"]);
        eventually("the backup waits", || room.value("main", waiting) != "0");
        let begun = Instant::now();
        match ending {
            "server" => kill(room.pid("main"), "KILL"),
            signal => kill(i32::try_from(backup.id()).unwrap(), signal),
        }
        let answer = room.wait(backup);
        assert_eq!(answer.code, Some(1), "{ending}: {answer}");
        if ending != "server" {
            let said = format!("error: `content backup` was ended by SIG{ending}: nothing of it is left\n");
            assert_eq!(answer.stderr, said);
        }
        assert!(begun.elapsed().as_secs() < 20, "{ending}: {:?}", begun.elapsed());
        assert_eq!(below(&room.path().join("backups/main")), Vec::<std::path::PathBuf>::new(), "{ending}");
        kill(i32::try_from(holder.id()).unwrap(), "KILL");
        room.wait(holder);
        room.run(["restart"]).done();
    }
}

#[test]
fn a_physical_backup_that_is_interrupted_or_loses_its_server_leaves_nothing() {
    let room = shop();
    // Enough to be met in the middle of it.
    let large = "CREATE TABLE large AS SELECT repeat('x', 1000) FROM generate_series(1, 100000); CHECKPOINT";
    room.run(["content", "execute", "--database", "shop", large]).done();
    for ending in ["INT", "TERM", "server"] {
        let backup = room.spawn(["content", "backup", "--name", "c", "--type", "physical"]);
        eventually("it is written", || {
            below(&room.backups("main")).iter().any(|it| it.ends_with("data/base"))
        });
        match ending {
            "server" => kill(room.pid("main"), "KILL"),
            signal => kill(i32::try_from(backup.id()).unwrap(), signal),
        }
        let answer = room.wait(backup);
        assert_eq!(answer.code, Some(1), "{ending}: {answer}");
        assert_eq!(below(&room.backups("main")), Vec::<std::path::PathBuf>::new(), "{ending}");
        room.run(["restart"]).done();
    }
    room.run(["content", "backup", "--name", "c", "--type", "physical"]).done();
}

#[test]
fn a_backup_that_is_interrupted_leaves_those_beside_it_alone() {
    let room = shop();
    room.run(["content", "backup", "schedule", "--every", "1d"]).done();
    let lock = "BEGIN; LOCK TABLE kept; SELECT pg_sleep(60)";
    let holder = room.spawn(["content", "execute", "--database", "shop", lock]);
    eventually("the lock is held", || {
        room.value("main", "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted")
            != "0"
    });
    let begun: [&[&str]; 3] = [
        &["content", "backup", "--name", "stays"],
        &["content", "backup"],
        &["content", "backup", "run-due"],
    ];
    let [stays, ended @ ..] = begun.map(|args| room.spawn(args));
    let dumps = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pg_dump' AND wait_event_type = 'Lock'";
    eventually("all of them wait", || room.value("main", dumps) == "3");
    for backup in ended {
        kill(i32::try_from(backup.id()).unwrap(), "INT");
        let answer = room.wait(backup).failed();
        assert!(answer.stderr.contains("was ended by SIGINT"), "{answer}");
    }
    if room.kind == Kind::Docker {
        assert_eq!(container::tools(&room.instance("main")), 1, "those of the two others are gone");
    }
    kill(i32::try_from(holder.id()).unwrap(), "INT");
    room.wait(holder);
    room.wait(stays).done();
    room.run(["content", "verify-backup", "--all"]).done();
}

#[test]
fn a_restore_that_is_interrupted_while_it_compares_files_ends_at_once() {
    let room = backed_up();
    // Nobody writes to it, so that reading it takes for ever.
    let slow = room.backups("main").join("b/globals.sql");
    fs::remove_file(&slow).unwrap();
    assert!(Command::new("mkfifo").arg(&slow).status().unwrap().success());
    for command in [["restore", "b", "--into", "copy"].as_slice(), &["verify-backup", "b"]] {
        let waiting = room.spawn([&["content"], command].concat());
        let pid = i32::try_from(waiting.id()).unwrap();
        eventually("it waits for the signal", || {
            let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
            let caught = status.lines().find_map(|it| it.strip_prefix("SigCgt:\t")).unwrap();
            u64::from_str_radix(caught, 16).unwrap() & 2 != 0
        });
        kill(pid, "INT");
        let answer = room.wait(waiting).failed();
        assert!(answer.stderr.contains("was ended by SIGINT"), "{answer}");
    }
    assert!(!room.instance("copy").exists());
}

#[test]
fn how_far_it_is_shows_on_a_terminal_until_it_is_over() {
    let room = shop();
    // What is made anew of it takes its time.
    in_shop(&room, "main", "CREATE MATERIALIZED VIEW slow AS SELECT 1 FROM pg_sleep(1.2)");
    let lock = "BEGIN; LOCK TABLE kept; SELECT pg_sleep(60)";
    let holder = room.spawn(["content", "execute", "--database", "shop", lock]);
    eventually("the lock is held", || {
        room.value("main", "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted")
            != "0"
    });
    let shown = |file: &str| fs::read_to_string(room.path().join(file)).unwrap_or_default();
    let on_terminal = |args: &str, file: &str| {
        let program = room.command([""]).get_program().display().to_string();
        let line = format!("'{program}' content {args}");
        let args = ["--quiet", "--flush", "--return", "--command", &line, file];
        room.command_of(Path::new("script"), args).stdout(Stdio::null()).spawn().unwrap()
    };
    let backup = on_terminal("backup --name b", "taken");
    eventually("it shows", || shown("taken").contains("\rdatabase `shop`, about "));
    kill(i32::try_from(holder.id()).unwrap(), "INT");
    room.wait(holder);
    room.wait(backup).done();
    room.wait(on_terminal("restore b --database shop --yes", "restored")).done();
    let restored = shown("restored");
    assert!(restored.contains("\rfilling database `shop`, about "), "{restored:?}");
    assert!(restored.contains(" \r`main` has shop again as in `b`\r\n"), "{restored:?}");
}

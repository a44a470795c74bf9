//! Restoring a backup.

use super::{assert_whole, backed_up, in_shop, passing_databases, shop};
use crate::support::{Room, eventually, kill};

#[test]
fn a_backup_takes_the_place_of_what_is_there_and_ends_the_sessions_in_it() {
    let room = backed_up();
    in_shop(
        &room,
        "main",
        "DELETE FROM kept WHERE id > 10; DROP TABLE \"odd '\"\" name\"; ALTER DATABASE shop RESET work_mem",
    );
    let asked = room.run(["content", "restore", "b", "--database", "shop"]).failed();
    insta::assert_snapshot!(asked, @r"
    --- stderr
    error: replacing database `shop` of `main` and ending the sessions in them needs to be confirmed
    hint: `--yes` does it without asking
    [exit 1]
    ");
    let session = room.spawn(["content", "execute", "--database", "shop", "SELECT pg_sleep(60)"]);
    eventually("a session is open", || {
        room.value(
            "main",
            "SELECT count(*) FROM pg_stat_activity WHERE datname = 'shop' AND state = 'active'",
        ) == "1"
    });
    let restored = room.run(["content", "restore", "b", "--database", "shop", "--yes"]).done();
    insta::assert_snapshot!(restored, @r"
    --- stderr
    `main` has shop again as in `b`
    [exit 0]
    ");
    assert_eq!(room.wait(session).code, Some(1));
    assert_whole(&room, "main");
    assert_eq!(passing_databases(&room, "main"), "0");
    // What is not there any more comes back too, and so does all else; roles that are there stay as they are.
    room.run(["content", "execute", "ALTER ROLE alice CREATEDB"]).done();
    room.run(["content", "remove-database", "shop", "--force"]).done();
    room.run(["content", "restore", "b", "--yes"]).done();
    assert_whole(&room, "main");
    assert_eq!(room.value("main", "SELECT rolcreatedb FROM pg_roles WHERE rolname = 'alice'"), "t");
    room.run(["status"]).done();
}

#[test]
fn a_backup_becomes_an_instance_of_its_own() {
    let room = backed_up();
    room.run(["content", "restore", "b", "--into", "copy"]).done();
    assert_whole(&room, "copy");
    assert_ne!(room.recorded("copy", "password"), room.recorded("main", "password"));
    assert_ne!(room.recorded("copy", "port"), room.recorded("main", "port"));
    in_shop(&room, "copy", "DELETE FROM kept");
    assert_whole(&room, "main");
    let twice = room.run(["content", "restore", "b", "--into", "copy"]).failed();
    assert!(twice.stderr.starts_with("error: there is an instance `copy` already\n"), "{twice}");
    // Data that an uninstall has kept is in nobody's use, and stays out of it.
    room.run(["content", "remove", "--name", "copy", "--force"]).done();
    room.run(["manage", "uninstall", "--keep-data"]).done();
    insta::assert_snapshot!(room.run(["content", "restore", "b", "--into", "main"]).failed(), @r"
    --- stderr
    error: kept data of an instance `main` exists already
    hint: choose another name; `resource-postgres content remove --name main --force` removes it
    [exit 1]
    ");
    room.run(["status", "main"]).skipped();
    // A backup outlives its instance.
    room.run(["content", "remove", "--name", "main", "--force"]).done();
    room.run(["content", "restore", "b", "--into", "main"]).done();
    assert_whole(&room, "main");
    room.run(["status", "main"]).done();
}

#[test]
fn a_restore_that_fails_leaves_everything_as_it_was() {
    let room = shop();
    // True where it is written, and nowhere beside it.
    in_shop(
        &room,
        "main",
        "CREATE TABLE here (id int CHECK (current_database() = 'shop')); INSERT INTO here VALUES (1)",
    );
    room.run(["content", "backup", "--name", "b"]).done();
    in_shop(&room, "main", "UPDATE here SET id = 2");
    let failed = room.run(["content", "restore", "b", "--yes"]).failed();
    assert!(failed.stderr.contains("violates check constraint"), "{failed}");
    assert_eq!(in_shop(&room, "main", "SELECT id FROM here"), "2");
    assert_whole(&room, "main");
    assert_eq!(passing_databases(&room, "main"), "0");
    // Its own name is what it has in a new instance.
    room.run(["content", "restore", "b", "--into", "copy"]).done();
    assert_eq!(in_shop(&room, "copy", "SELECT id FROM here"), "1");
}

#[test]
fn a_thousand_tables_come_back() {
    let room = shop();
    let many = "DO $$ BEGIN FOR i IN 1..1000 LOOP EXECUTE format('CREATE TABLE many_%s AS SELECT %s AS id', i, i); END LOOP; END $$";
    in_shop(&room, "main", many);
    room.run(["content", "backup", "--name", "b", "--database", "shop"]).done();
    in_shop(&room, "main", "DROP TABLE many_7");
    room.run(["content", "restore", "b", "--yes"]).done();
    assert_eq!(in_shop(&room, "main", "SELECT id FROM many_7"), "7");
}

#[test]
fn what_the_backup_does_not_have_goes_with_what_it_replaces_or_nothing_goes() {
    let room = backed_up();
    room.run(["content", "create-database", "extra"]).done();
    in_shop(&room, "main", "DELETE FROM kept WHERE id > 10");
    insta::assert_snapshot!(room.run(["content", "restore", "b", "--clean"]).failed(), @r"
    --- stderr
    error: replacing all databases that the backup has of `main`, dropping `extra`, and ending the sessions in them needs to be confirmed
    hint: `--yes` does it without asking
    [exit 1]
    ");
    // Nobody can rename a database that is being commented on.
    let postgres = |sql| ["content", "execute", "--database", "postgres", "--tuples-only", sql];
    let holder = room.spawn(postgres("BEGIN; COMMENT ON DATABASE extra IS 'x'; SELECT pg_sleep(60)"));
    let asked = |sql| room.run(postgres(sql)).done().stdout.trim().to_owned();
    eventually("it is held", || {
        asked(
            "SELECT count(*) FROM pg_locks WHERE mode = 'ShareUpdateExclusiveLock' AND classid = 'pg_database'::regclass",
        ) == "1"
    });
    let restore = room.spawn(["content", "restore", "b", "--clean", "--yes"]);
    eventually("the exchange waits", || asked("SELECT count(*) FROM pg_locks WHERE NOT granted") == "1");
    kill(i32::try_from(restore.id()).unwrap(), "INT");
    let interrupted = room.wait(restore).failed();
    assert!(interrupted.stderr.contains("was ended by SIGINT: nothing of it is left"), "{interrupted}");
    assert_eq!(in_shop(&room, "main", "SELECT count(*) FROM kept"), "10");
    let databases =
        || asked("SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database WHERE NOT datistemplate");
    assert_eq!(databases(), "extra postgres shop vrooli");
    kill(i32::try_from(holder.id()).unwrap(), "INT");
    room.wait(holder);
    insta::assert_snapshot!(room.run(["content", "restore", "b", "--clean", "--yes"]).done(), @r"
    --- stderr
    `main` has shop, vrooli again as in `b`
    `extra` went, which `b` does not have
    [exit 0]
    ");
    assert_whole(&room, "main");
    assert_eq!(databases(), "postgres shop vrooli");
}

#[test]
fn a_database_has_the_locale_again_that_it_had() {
    let mut room = Room::up();
    let backups = room.path().join("backups").display().to_string();
    room.set("POSTGRES_BACKUP_DIR", &backups);
    let version: u32 = room.value("main", "SHOW server_version_num").parse().unwrap();
    let has_icu = room.value("main", "SELECT count(*) FROM pg_collation WHERE collname = 'de-x-icu'") == "1";
    let mut databases = vec![("plain", "LC_CTYPE 'C'")];
    if has_icu && version >= 150_000 {
        databases.push(("icu", "LOCALE_PROVIDER icu ICU_LOCALE 'de-AT'"));
    }
    if has_icu && version >= 160_000 {
        databases.push(("rules", "LOCALE_PROVIDER icu ICU_LOCALE 'de-AT' ICU_RULES '& a < ''g'''"));
    }
    if version >= 170_000 {
        databases.push(("builtin", "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"));
    }
    let mut backup = vec!["content", "backup", "--name", "locales"];
    for (name, locale) in &databases {
        let sql =
            format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' {locale}");
        room.run(["content", "execute", &sql]).done();
        backup.extend(["--database", name]);
    }
    let all = "SELECT string_agg((to_jsonb(it) - '{oid,datfrozenxid,datminmxid,datacl}'::text[])::text, ' ' ORDER BY datname) \
               FROM pg_database it WHERE datname IN ('plain', 'icu', 'rules', 'builtin')";
    let before = room.value("main", all);
    room.run(backup).done();
    for (name, _) in databases {
        room.run(["content", "remove-database", name, "--force"]).done();
    }
    room.run(["content", "restore", "locales", "--yes"]).done();
    assert_eq!(room.value("main", all), before);
}

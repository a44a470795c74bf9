//! `content create-user`.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::faults::secrets::files_with;
use crate::support::Room;

/// What psql says to a user with a password, in a database.
fn login(
    room: &Room,
    user: &str,
    password: &str,
    database: &str,
    sql: &str,
) -> Option<Result<String, String>> {
    let mut psql = room.psql("main")?;
    psql.env("PGUSER", user).env("PGPASSWORD", password).env("PGDATABASE", database);
    let output = psql.args(["-A", "-t", "-q", "-c", sql]).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    Some(if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) })
}

/// The password that `content get` shows for a user.
fn shown(room: &Room, user: &str) -> String {
    let text = room.run(["content", "get", "--user", user]).done().stdout;
    text.lines().find_map(|it| it.strip_prefix("Password: ")).unwrap().to_owned()
}

#[test]
fn a_user_gets_a_password_that_only_get_shows_and_its_owner_alone_can_read() {
    let room = Room::up();
    insta::assert_snapshot!(room.run(["content", "create-user", "app"]).done(), @"
    --- stderr
    user `app` is created in `main`; `content get --user` shows how to connect, with the password
    [exit 0]
    ");
    let password = shown(&room, "app");
    assert_eq!(password.len(), 25);
    let kept = room.instance("main").join("config/users/user-app");
    assert_eq!(fs::metadata(&kept).unwrap().permissions().mode() & 0o777, 0o600);
    insta::assert_snapshot!(room.run(["content", "create-user", "app"]).done(), @"
    --- stderr
    user `app` exists already in `main`, with its password
    [exit 0]
    ");
    assert_eq!(shown(&room, "app"), password);
    if let Some(said) = login(&room, "app", &password, "vrooli", "SELECT current_user") {
        assert_eq!(said, Ok("app".to_owned()));
        assert!(login(&room, "app", "wrong", "vrooli", "SELECT 1").unwrap().is_err());
    }
}

#[test]
fn a_password_comes_from_a_file_or_stdin_and_another_replaces_it() {
    let room = Room::up();
    let first = room.file("first", "p@ss 'w\"ord\\ %\n");
    room.run(["content", "create-user", "app", "--password-file", &first]).done();
    assert_eq!(shown(&room, "app"), "p@ss 'w\"ord\\ %");
    insta::assert_snapshot!(room.feed(["content", "create-user", "app", "--password-file", "-"], "second").done(), @"
    --- stderr
    user `app` of `main` has the new password
    [exit 0]
    ");
    assert_eq!(shown(&room, "app"), "second");
    if let Some(said) = login(&room, "app", "second", "vrooli", "SELECT 1") {
        assert_eq!(said, Ok("1".to_owned()));
    }
    insta::assert_snapshot!(room.feed(["content", "create-user", "app", "--password-file", "-"], "").failed(), @"
    --- stderr
    error: stdin holds no password
    hint: see `resource-postgres help`
    [exit 1]
    ");
    insta::assert_snapshot!(room.run(["content", "create-user", "app", "--password-file", "nowhere"]).failed(), @"
    --- stderr
    error: reading nowhere: No such file or directory (os error 2)
    [exit 1]
    ");
}

#[test]
fn a_server_that_logs_everything_is_told_no_password_and_logs_no_verifier() {
    let room = Room::up();
    let logs = ["log_statement = 'all'", "log_min_duration_statement = 0"];
    for setting in logs {
        room.run(["content", "execute", &format!("ALTER SYSTEM SET {setting}")]).done();
    }
    room.run(["content", "execute", "SELECT pg_reload_conf()"]).done();
    let file = room.file("password", "correct horse battery");
    room.run(["content", "create-user", "app", "--password-file", &file]).done();
    room.run(["content", "create-user", "app", "--password-file", &file]).done();
    room.run(["content", "create-user", "other"]).done();
    fs::remove_file(file).unwrap();
    let log = room.log("main");
    assert!(log.contains("pg_roles") && !log.contains("SCRAM-SHA-256$"), "{log}");
    let found = files_with("correct horse battery", room.path());
    assert_eq!(found.trim(), room.instance("main").join("config/users/user-app").display().to_string());
}

#[test]
fn a_user_may_work_in_the_databases_that_it_was_given() {
    let room = Room::up();
    room.run(["content", "create-database", "stock"]).done();
    room.run(["content", "execute", "--database", "stock", "CREATE TABLE old (id int)"]).done();
    room.run(["content", "create-user", "app", "--database", "stock"]).done();
    room.run(["content", "execute", "--database", "stock", "CREATE TABLE young (id serial)"]).done();
    let password = shown(&room, "app");
    let work = "INSERT INTO old VALUES (1); INSERT INTO young DEFAULT VALUES; CREATE TABLE mine ()";
    if let Some(said) = login(&room, "app", &password, "stock", work) {
        assert_eq!(said, Ok(String::new()));
        let elsewhere = login(&room, "app", &password, "vrooli", "CREATE TABLE mine ()").unwrap();
        assert!(elsewhere.unwrap_err().contains("permission denied"));
    }
    insta::assert_snapshot!(room.run(["content", "create-user", "web", "--database", "stok"]).failed(), @r#"
    --- stderr
    error: connecting to database `stok` of instance `main`: database "stok" does not exist (SQLSTATE 3D000)
    hint: there is a database `stock`
    [exit 1]
    "#);
}

#[test]
fn the_instances_own_user_keeps_the_password_that_opens_it() {
    let room = Room::up();
    room.run(["content", "create-user", "vrooli"]).done();
    insta::assert_snapshot!(room.feed(["content", "create-user", "vrooli", "--password-file", "-"], "other").failed(), @"
    --- stderr
    error: the password of `vrooli` is what instance `main` is opened with: it stays
    hint: see `resource-postgres help`
    [exit 1]
    ");
    room.run(["content", "execute", "SELECT 1"]).done();
    assert_eq!(shown(&room, "vrooli"), room.recorded("main", "password"));
}

#[test]
fn a_role_that_may_not_log_in_is_let_in() {
    let room = Room::up();
    room.run(["content", "execute", "CREATE ROLE app"]).done();
    room.run(["content", "create-user", "app"]).done();
    let sql = "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'app'";
    assert_eq!(room.value("main", sql), "t");
}

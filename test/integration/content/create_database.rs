//! `content create-database`.

use crate::support::Room;

#[test]
fn a_database_is_created_and_one_that_exists_is_success() {
    let room = Room::up();
    insta::assert_snapshot!(room.run(["content", "create-database", "stock"]).done(), @"
    --- stderr
    database `stock` is created in `main`
    [exit 0]
    ");
    insta::assert_snapshot!(room.run(["content", "create-database", "stock"]).done(), @"
    --- stderr
    database `stock` exists already in `main`
    [exit 0]
    ");
}

#[test]
fn every_form_that_callers_use_means_the_same() {
    let room = Room::up();
    room.run(["content", "create-instance", "shop"]).done();
    for (at, form) in [
        &["main", "db"][..],
        &["db"],
        &["--name", "db"],
        &["--instance", "main", "--database", "db"],
        &["--instance", "main", "db"],
        &["shop", "db"],
        &["--instance", "shop", "--name", "db"],
    ]
    .iter()
    .enumerate()
    {
        let instance = if form.contains(&"shop") { "shop" } else { "main" };
        let name = format!("db{at}");
        let words = form.iter().map(|it| if *it == "db" { name.as_str() } else { it });
        room.run(["content", "create-database"].into_iter().chain(words)).done();
        let sql = format!("SELECT count(*) FROM pg_database WHERE datname = '{name}'");
        assert_eq!(room.value(instance, &sql), "1", "{form:?}");
    }
}

#[test]
fn owner_template_and_encoding_are_what_was_asked_for() {
    let room = Room::up();
    room.run(["content", "create-user", "app"]).done();
    room.run(["content", "create-database", "stock", "--owner", "app", "--encoding", "LATIN1"]).done();
    let about = "SELECT pg_get_userbyid(datdba) || ' ' || pg_encoding_to_char(encoding) FROM pg_database WHERE datname = ";
    assert_eq!(room.value("main", &format!("{about}'stock'")), "app LATIN1");
    room.run(["content", "execute", "--database", "stock", "CREATE TABLE kept ()"]).done();
    room.run(["content", "create-database", "copy", "--template", "stock"]).done();
    room.run(["content", "execute", "--database", "copy", "SELECT FROM kept"]).done();
    room.run(["content", "create-database", "stock", "--owner", "app", "--encoding", "latin-1"]).done();
    insta::assert_snapshot!(room.run(["content", "create-database", "stock", "--owner", "vrooli"]).failed(), @"
    --- stderr
    error: database `stock` exists already with owner `app` and encoding LATIN1
    hint: choose another name, or leave the parameters out
    [exit 1]
    ");
}

#[test]
fn what_the_server_refuses_is_said_in_one_line_with_its_sqlstate() {
    let room = Room::up();
    let mut answers = String::new();
    for args in [&["--owner", "nobody"][..], &["--template", "nothing"], &["--encoding", "morse"]] {
        answers +=
            &format!("{}\n\n", room.run(["content", "create-database", "stock"].iter().chain(args)).failed());
    }
    insta::assert_snapshot!(answers, @r#"
    --- stderr
    error: creating database `stock`: role "nobody" does not exist (SQLSTATE 42704)
    [exit 1]

    --- stderr
    error: creating database `stock`: template database "nothing" does not exist (SQLSTATE 3D000)
    [exit 1]

    --- stderr
    error: creating database `stock`: morse is not a valid encoding name (SQLSTATE 42704)
    [exit 1]
    "#);
}

#[test]
fn twenty_at_once_make_one_database() {
    let room = Room::up();
    let all: Vec<_> = (0..20).map(|_| room.spawn(["content", "create-database", "stock"])).collect();
    for one in all {
        room.wait(one).done();
    }
}

#[test]
fn an_instance_that_is_not_there_or_does_not_run_is_said() {
    let room = Room::up();
    insta::assert_snapshot!(room.run(["content", "create-database", "nowhere", "stock"]).failed(), @"
    --- stderr
    error: there is no instance `nowhere`
    hint: there are: main
    [exit 1]
    ");
    room.run(["stop"]).done();
    insta::assert_snapshot!(room.run(["content", "create-database", "stock"]).failed(), @"
    --- stderr
    error: instance `main` is stopped
    hint: `resource-postgres start --instance main` starts it
    [exit 1]
    ");
}

#[test]
fn a_database_that_is_not_there_is_compared_with_those_that_are() {
    let room = Room::up();
    room.run(["content", "create-database", "warehouse"]).done();
    let ask = |database| room.run(["content", "execute", "--database", database, "SELECT 1"]).failed();
    insta::assert_snapshot!(ask("warehuose"), @r#"
    --- stderr
    error: connecting to database `warehuose` of instance `main`: database "warehuose" does not exist (SQLSTATE 3D000)
    hint: there is a database `warehouse`
    [exit 1]
    "#);
    insta::assert_snapshot!(ask("elsewhere"), @r#"
    --- stderr
    error: connecting to database `elsewhere` of instance `main`: database "elsewhere" does not exist (SQLSTATE 3D000)
    hint: there are: postgres, vrooli, warehouse; `content create-database` makes another
    [exit 1]
    "#);
}

#[test]
fn a_password_that_the_server_knows_otherwise_is_said_with_its_file() {
    let room = Room::up();
    room.run(["content", "execute", "ALTER ROLE vrooli PASSWORD 'other'"]).done();
    insta::assert_snapshot!(room.run(["content", "execute", "SELECT 1"]).failed(), @r#"
    --- stderr
    error: connecting to database `vrooli` of instance `main`: password authentication failed for user "vrooli" (SQLSTATE 28P01)
    hint: [room]/instances/main/config/instance.conf says how `vrooli` logs in, and the server knows it otherwise: set that password anew, or correct the file
    [exit 1]
    "#);
}

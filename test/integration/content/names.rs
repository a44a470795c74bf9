//! Names of all kinds, for databases and users.

use crate::support::Room;

/// Names that are easily cut off, split, expanded, or taken for something else.
fn awkward() -> Vec<String> {
    let mut names: Vec<String> = [
        "a b",
        "it's",
        "a \"quoted\" one",
        "back\\slash",
        "100%",
        "%s%n",
        "Großhandel 東京 🐘",
        "MixedCase",
        "select",
        "semi;colon -- comment",
        "$HOME `id` $(id)",
        "-dash",
        ".",
        "..",
        "a/b",
        "host=elsewhere",
        "postgresql://elsewhere/db",
        "{a,b}*?",
        "new\nline",
        " ",
    ]
    .map(str::to_owned)
    .into();
    names.push("x".repeat(63));
    names.push("é".repeat(31));
    names
}

#[test]
fn every_name_that_postgresql_takes_is_created_listed_used_dumped_and_dropped() {
    let room = Room::up();
    for name in awkward() {
        let flag = format!("--name={name}");
        room.run(["content", "create-database", &flag]).done();
        room.run(["content", "create-database", &flag]).done();

        let database = format!("--database={name}");
        let count = |what: &str| {
            let sql = format!("SELECT count(*) FROM {what} = current_setting('n.n')");
            let sql = format!("SET n.n = '{}'; {sql}", name.replace('\'', "''"));
            let answer = room.run(["query", "--format", "csv", &sql]).done();
            answer.stdout.lines().last().unwrap_or_default().to_owned()
        };
        assert_eq!(count("pg_database WHERE datname"), "1", "{name:?}");

        let sql = "CREATE TABLE made (id int); INSERT INTO made VALUES (42)";
        room.run(["content", "execute", &database, sql]).done();
        let asked = room.run(["query", "--format", "csv", &database, "SELECT id FROM made"]).done();
        assert_eq!(asked.stdout, "42\n", "{name:?}");

        let dumped = room.run(["content", "get", &flag, "--data"]).done().stdout;
        assert!(
            dumped.contains("CREATE TABLE public.made") && dumped.contains("\n42\n"),
            "{name:?}: {dumped}"
        );
        let env = room.run(["content", "get", &flag, "--as-env"]).done().stdout;
        assert_eq!(evaluated(&room, &env, "PGDATABASE"), name);

        let user = format!("--name={name}");
        room.run(["content", "create-user", &user, &database]).done();
        room.run(["content", "create-user", &user, &database]).done();
        assert_eq!(count("pg_roles WHERE rolcanlogin AND rolname"), "1", "{name:?}");
        let env =
            room.run(["content", "get", "--as-env", &format!("--user={name}"), &database]).done().stdout;
        assert_eq!(evaluated(&room, &env, "PGUSER"), name);
        let said = logged_in(&room, &env, "CREATE TABLE mine AS SELECT id FROM made; SELECT current_user");
        assert_eq!(said, format!("{name}\n"));

        room.run(["content", "remove-user", &user]).failed();
        room.run(["content", "remove-user", &user, "--force"]).done();
        room.run(["content", "remove-user", &user]).skipped();
        let owner = room.run(["query", "--format", "csv", &database, "SELECT count(*) FROM mine"]).done();
        assert_eq!(owner.stdout, "1\n", "{name:?}");
        room.run(["content", "remove-database", &flag, "--force"]).done();
        room.run(["content", "remove-database", &flag, "--force"]).skipped();
        assert_eq!(count("pg_database WHERE datname"), "0", "{name:?}");
    }
    let left = room.value("main", "SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database");
    assert_eq!(left, "postgres template0 template1 vrooli");
    let users = room.instance("main").join("config/users");
    assert_eq!(std::fs::read_dir(users).unwrap().count(), 0, "passwords of removed users are kept");
}

/// The value of a variable, as a shell that evaluates the lines has it.
fn evaluated(room: &Room, lines: &str, variable: &str) -> String {
    let script = format!("set -eu; {lines}\nprintf %s \"${variable}\"");
    let output = room.command_of("/bin/sh".as_ref(), ["-c", &script]).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// What psql answers in the environment that the lines make.
fn logged_in(room: &Room, lines: &str, sql: &str) -> String {
    let script = format!("set -eu; {lines}\nexec psql -X -A -t -q -c '{sql}'");
    let output = room.command_of("/bin/sh".as_ref(), ["-c", &script]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_name_that_postgresql_would_cut_off_or_not_take_is_refused() {
    let room = Room::up();
    let mut answers = String::new();
    for name in ["", &"x".repeat(64), &"é".repeat(32)] {
        for command in ["create-database", "remove-database", "create-user", "remove-user"] {
            answers +=
                &format!("{}\n", room.run(["content", command, &format!("--name={name}")]).failed().stderr);
            room.run(["content", command, "main", name]).failed();
        }
    }
    assert_eq!(answers.matches("a name in PostgreSQL is not empty").count(), 4, "{answers}");
    assert_eq!(answers.matches("63 bytes at most, and this one has 64").count(), 8, "{answers}");
}

//! `content add`.

use std::fs;

use crate::support::Room;

mod databases;
mod folders;
mod known;

#[test]
fn a_schema_is_applied_and_stored_and_not_applied_twice() {
    let room = Room::up();
    let file = room.file("shop.sql", "CREATE TABLE orders (id int);\nINSERT INTO orders VALUES (1);\n");
    let add = ["content", "add", "--file", &file];
    insta::assert_snapshot!(room.run(add).meets("content.add.exit_codes.0"), @"
    --- stderr
    schema `shop.sql` is applied and stored with `main`
    [exit 0]
    ");
    insta::assert_snapshot!(room.run(add).meets("content.add.exit_codes.2"), @"
    --- stderr
    already exists
    [exit 2]
    ");
    assert_eq!(room.value("main", "SELECT count(*) FROM orders"), "1");
    insta::assert_snapshot!(room.run(["content", "list", "--filter", "shop.sql"]), @"
    NAME      TYPE    INSTANCE  DETAIL
    shop.sql  schema  main      revision 1, 61 bytes, sha256 4a13ffd55c5b, applied
    [exit 0]
    ");
}

#[test]
fn a_schema_that_fails_is_not_stored() {
    let room = Room::up();
    let file = room.file("bad.sql", "CREATE TABLE a (id int);\nCREATE TABEL b (id int);\n");
    insta::assert_snapshot!(room.run(["content", "add", "--file", &file]).meets("content.add.exit_codes.1").failed(), @r#"
    --- stderr
    [room]/bad.sql:2: ERROR:  42601: syntax error at or near "TABEL"
    LINE 1: CREATE TABEL b (id int);
                   ^
    [exit 1]
    "#);
    insta::assert_snapshot!(room.run(["content", "list", "--filter", "bad.sql"]), @"
    no content
    [exit 0]
    ");
    room.run(["content", "get", "--name", "bad.sql"]).skipped();
}

#[test]
fn every_form_of_adding_a_schema_means_the_same() {
    let room = Room::up();
    for (number, form) in [
        &["--file", "F"][..],
        &["--file", "F", "--type", "schema"],
        &["schema", "--file", "F"],
        &["schema", "F"],
        &["F"],
    ]
    .iter()
    .enumerate()
    {
        let file = room.file(&format!("{number}.sql"), &format!("CREATE TABLE form_{number} ();"));
        let words = form.iter().map(|it| if *it == "F" { file.as_str() } else { it });
        room.run(["content", "add"].into_iter().chain(words)).done();
        assert_eq!(room.value("main", &format!("SELECT count(*) FROM form_{number}")), "0", "{form:?}");
        let stored = room.instance("main").join(format!("content/schema/{number}.sql"));
        assert!(stored.is_file(), "{form:?}");
    }
}

#[test]
fn only_schemas_and_seeds_are_applied() {
    let room = Room::up();
    let file = room.file("touch.sql", "CREATE TABLE touched ();");
    for kind in ["migration", "query", "function", "data"] {
        insta::allow_duplicates! {
            let answer = room.run(["content", "add", "--file", &file, "--type", kind, "--name", kind]).done();
            insta::assert_snapshot!(answer.hiding("(migration|query|function|data) `\\w+`", "[type] `[name]`"), @"
            --- stderr
            [type] `[name]` is stored with `main`
            [exit 0]
            ");
        }
    }
    assert_eq!(room.value("main", "SELECT to_regclass('touched') IS NULL"), "t");
    insta::assert_snapshot!(room.run(["content", "add", "seed", "--file", &file, "--name", "s"]).done(), @"
    --- stderr
    seed `s` is applied and stored with `main`
    [exit 0]
    ");
    assert_eq!(room.value("main", "SELECT to_regclass('touched') IS NULL"), "f");
}

#[test]
fn content_that_has_changed_is_applied_and_stored_anew() {
    let room = Room::up();
    let add = |text: &str| room.run(["content", "add", "--file", &room.file("s.sql", text)]);
    add("CREATE TABLE one ();").done();
    insta::assert_snapshot!(add("CREATE TABLE two ();").done(), @"
    --- stderr
    schema `s.sql` is applied and stored with `main` as revision 2
    [exit 0]
    ");
    assert_eq!(room.value("main", "SELECT to_regclass('two') IS NOT NULL"), "t");
    assert_eq!(room.run(["content", "get", "--name", "s.sql"]).done().stdout, "CREATE TABLE two ();");
}

#[test]
fn bytes_that_are_no_text_are_stored_as_they_are_and_never_applied() {
    let room = Room::up();
    let bytes: Vec<u8> = (0..=255).collect();
    fs::write(room.path().join("logo.png"), &bytes).unwrap();
    let file = room.path().join("logo.png").display().to_string();
    room.run(["content", "add", "--file", &file]).done();
    let copy = room.path().join("copy.png");
    room.run(["content", "get", "--name", "logo.png", "--output", &copy.display().to_string()]).done();
    assert_eq!(fs::read(copy).unwrap(), bytes);
    insta::assert_snapshot!(room.run(["content", "add", "schema", "--file", &file]).failed(), @"
    --- stderr
    error: [room]/logo.png cannot be added: a schema is SQL, and it is not UTF-8 text
    hint: `--type data` stores it as it is
    [exit 1]
    ");
}

#[test]
fn what_cannot_be_added_fails_with_the_reason() {
    let room = Room::up();
    let file = room.file("s.sql", "SELECT 1;");
    let odd = room.file("odd name.sql", "SELECT 1;");
    let missing = room.path().join("missing.sql").display().to_string();
    let empty = room.file("empty.sql", "");
    let folder = room.path().join("folder").display().to_string();
    fs::create_dir(&folder).unwrap();
    let mut answers = String::new();
    for args in [
        &[][..],
        &["--file", &missing],
        &["--file", &file, "--type", "table"],
        &["--file", &odd],
        &["--file", &file, "--name", "../escape"],
        &["--file", &file, "--instance", "shop"],
        &["--file", &file, "--database", "nowhere"],
        &["schema", "more", "--file", &file],
        &["--file", &empty],
        &["--file", &folder],
        &["--file", &folder, "--name", "x"],
    ] {
        answers += &format!("{}\n\n", room.run(["content", "add"].iter().chain(args)).failed());
    }
    insta::assert_snapshot!(answers, @r#"
    --- stderr
    error: `content add` needs --file FILE
    hint: see `resource-postgres help`
    [exit 1]

    --- stderr
    error: reading [room]/missing.sql: No such file or directory (os error 2)
    [exit 1]

    --- stderr
    error: invalid value 'table' for '--type <TYPE>': `table` is not one of schema, seed, migration, query, function, data
    hint: see `resource-postgres content add --help`
    [exit 1]

    --- stderr
    error: [room]/odd name.sql cannot be added: its name is not fit for content: a content's name has 1 to 100 of the characters a-z A-Z 0-9 _ - .
    hint: `--name NAME` stores it under another name
    [exit 1]

    --- stderr
    error: invalid value '../escape' for '--name <NAME>': a content's name has 1 to 100 of the characters a-z A-Z 0-9 _ - .
    hint: see `resource-postgres content add --help`
    [exit 1]

    --- stderr
    error: there is no instance `shop`
    hint: there are: main
    [exit 1]

    --- stderr
    error: connecting to database `nowhere` of instance `main`: database "nowhere" does not exist (SQLSTATE 3D000)
    hint: there are: postgres, vrooli; `content create-database` makes another
    [exit 1]

    --- stderr
    error: `content add` does not know what to do with `more`
    hint: see `resource-postgres help`
    [exit 1]

    --- stderr
    error: [room]/empty.sql cannot be added: a schema is SQL, and it is empty
    hint: `--type data` stores it as it is
    [exit 1]

    --- stderr
    error: [room]/folder cannot be added: there is no *.sql file in it
    hint: name the file that is meant
    [exit 1]

    --- stderr
    error: [room]/folder cannot be added: it is a folder, and --name names one file
    hint: its files keep their own names: leave --name out
    [exit 1]
    "#);
    room.run(["stop"]).done();
    insta::assert_snapshot!(room.run(["content", "add", "--file", &file]).failed(), @"
    --- stderr
    error: instance `main` is stopped
    hint: `resource-postgres start --instance main` starts it
    [exit 1]
    ");
    assert!(!room.instance("main").join("content/schema").exists());
}

#[test]
fn force_applies_again_what_the_database_has_already() {
    let room = Room::up();
    room.run(["content", "execute", "CREATE TABLE visits (n int)"]).done();
    let file = room.file("visit.sql", "INSERT INTO visits VALUES (1);");
    room.run(["content", "add", "seed", "--file", &file]).done();
    insta::assert_snapshot!(room.run(["content", "add", "seed", "--file", &file, "--force"]).done(), @"
    --- stderr
    seed `visit.sql` is applied and stored with `main`
    [exit 0]
    ");
    assert_eq!(room.value("main", "SELECT count(*) FROM visits"), "2");
    room.run(["content", "add", "data", "--file", &file]).done();
    room.run(["content", "add", "data", "--file", &file, "--force"]).skipped();
}

#[test]
fn content_that_is_not_applied_is_stored_anew_where_it_has_changed() {
    let room = Room::up();
    let add = |text: &str| room.run(["content", "add", "query", "--file", &room.file("q.sql", text)]);
    add("SELECT 1").done();
    add("SELECT 1").skipped();
    insta::assert_snapshot!(add("SELECT 2").done(), @"
    --- stderr
    query `q.sql` is stored with `main` as revision 2
    [exit 0]
    ");
    assert_eq!(room.run(["content", "get", "--name", "q.sql"]).done().stdout, "SELECT 2");
}

#[test]
fn a_change_that_fails_leaves_what_was_stored_and_applied() {
    let room = Room::up();
    let add = |text: &str| room.run(["content", "add", "--file", &room.file("s.sql", text)]);
    add("CREATE TABLE one ();").done();
    add("CREATE TABLE one ();\n-- once more").failed();
    assert_eq!(room.run(["content", "get", "--name", "s.sql"]).done().stdout, "CREATE TABLE one ();");
    insta::assert_snapshot!(room.run(["content", "list", "--filter", "s.sql"]).done(), @"
    NAME   TYPE    INSTANCE  DETAIL
    s.sql  schema  main      revision 1, 20 bytes, sha256 7a320e02f526, applied
    [exit 0]
    ");
    room.run(["content", "get", "--name", "s.sql", "--revision", "2"]).skipped();
}

#[test]
fn of_two_that_add_the_same_one_applies_it_and_the_other_finds_it() {
    let room = Room::up();
    let file = room.file("s.sql", "SELECT pg_sleep(0.3); CREATE TABLE here ();");
    let add = ["content", "add", "--file", &file];
    let both = [room.spawn(add), room.spawn(add)].map(|child| room.wait(child).code.unwrap());
    assert!(both == [0, 2] || both == [2, 0], "{both:?}");
}

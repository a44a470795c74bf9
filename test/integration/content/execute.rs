//! `content execute`.

use crate::support::Room;

#[test]
fn sql_may_come_from_an_argument_a_file_stored_content_or_stdin() {
    let room = Room::up();
    insta::assert_snapshot!(room.run(["content", "execute", "SELECT 7 AS n"]).meets("content.execute.exit_codes.0"), @"
     n 
    ---
     7
    (1 row)

    [exit 0]
    ");
    let expected = room.run(["content", "execute", "SELECT 7 AS n"]).stdout;
    let file = room.file("q.sql", "SELECT 7 AS n");
    room.run(["content", "add", "query", "--file", &file]).done();
    for args in
        [&["--sql", "SELECT 7 AS n"][..], &["--file", &file], &["--name", "q.sql"], &["--", "SELECT 7 AS n"]]
    {
        assert_eq!(room.run(["content", "execute"].iter().chain(args)).done().stdout, expected, "{args:?}");
    }
    assert_eq!(room.feed(["content", "execute"], "SELECT 7 AS n").done().stdout, expected);
    assert_eq!(room.feed(["content", "execute"], "\u{feff}SELECT 7 AS n;\n").done().stdout, expected);
}

#[test]
fn sql_that_fails_is_told_with_sqlstate_and_caret() {
    let room = Room::up();
    let answer = room.run(["content", "execute", "SELECT id\nFROM nowhere"]);
    insta::assert_snapshot!(answer.meets("content.execute.exit_codes.1").failed(), @r#"
    --- stderr
    ERROR:  42P01: relation "nowhere" does not exist
    LINE 2: FROM nowhere
                 ^
    [exit 1]
    "#);
    insta::assert_snapshot!(room.run(["content", "execute", "SELECT 1; SELECT 1/0"]).ended(1), @"
     ?column? 
    ----------
            1
    (1 row)

    --- stderr
    ERROR:  22012: division by zero
    [exit 1]
    ");
}

#[test]
fn content_that_is_no_sql_is_skipped() {
    let room = Room::up();
    room.run(["content", "add", "data", "--file", &room.file("logo.png", "png")]).done();
    let answer = room.run(["content", "execute", "--name", "logo.png"]);
    insta::assert_snapshot!(answer.meets("content.execute.exit_codes.2"), @"
    --- stderr
    not executable
    [exit 2]
    ");
    insta::assert_snapshot!(room.run(["content", "execute", "--name", "missing.sql"]).failed(), @"
    --- stderr
    error: instance `main` stores no content `missing.sql`
    hint: see `resource-postgres help`
    [exit 1]
    ");
}

#[test]
fn notices_go_to_stderr_and_rows_to_stdout() {
    let room = Room::up();
    let sql = "DO $$ BEGIN RAISE NOTICE 'note' USING DETAIL = 'more'; RAISE WARNING 'warned'; END $$";
    insta::assert_snapshot!(room.run(["content", "execute", sql]).done(), @"
    DO
    --- stderr
    NOTICE:  note
    DETAIL:  more
    WARNING:  warned
    [exit 0]
    ");
}

#[test]
fn a_timeout_ends_a_statement_that_takes_longer() {
    let room = Room::up();
    let slow = ["content", "execute", "--options", "timeout=1", "SELECT pg_sleep(30)"];
    insta::assert_snapshot!(room.run(slow).failed(), @"
    --- stderr
    ERROR:  57014: canceling statement due to statement timeout
    hint: `--options timeout=SECONDS` gives statements more time
    [exit 1]
    ");
    room.run(["content", "execute", "--options", "timeout=1", "SELECT 1"]).done();
    for options in ["timeout=0", "timeout=soon", "speed=fast"] {
        insta::allow_duplicates! {
            let answer = room.run(["content", "execute", "--options", options, "SELECT 1"]).failed();
            insta::assert_snapshot!(answer.hiding("timeout is .*|`speed` is .*", "[reason]").hiding(options, "[options]"), @"
            --- stderr
            error: invalid value '[options]' for '--options <KEY=VALUE,...>': [reason]
            hint: see `resource-postgres content execute --help`
            [exit 1]
            ");
        }
    }
}

#[test]
fn the_servers_own_timeouts_hold_unless_another_is_asked_for() {
    let room = Room::up();
    assert_eq!(room.value("main", "SHOW statement_timeout"), "0");
    room.run(["content", "execute", "ALTER ROLE vrooli SET statement_timeout = '3s'"]).done();
    assert_eq!(room.value("main", "SHOW statement_timeout"), "3s");
    let longer = ["query", "--options", "timeout=7", "SHOW statement_timeout"];
    assert_eq!(room.run(longer).done().stdout.trim(), "7s");
}

#[test]
fn a_file_called_dash_is_standard_input_as_to_psql() {
    let room = Room::up();
    let file = room.file("a.sql", "SELECT 1 AS a");
    let args = ["query", "--file", &file, "--file", "-"];
    insta::assert_snapshot!(room.feed(args, "SELECT 2;\nSELECT nope;\n").ended(1), @r#"
     1

            2

    --- stderr
    <stdin>:2: ERROR:  42703: column "nope" does not exist
    LINE 1: SELECT nope;
                   ^
    [exit 1]
    "#);
    insta::assert_snapshot!(room.feed(["query", "--file", "-", "--file", "-"], "SELECT 1").failed(), @"
    --- stderr
    error: `--file -` reads stdin, which can be read once only
    hint: see `resource-postgres help`
    [exit 1]
    ");
}

#[test]
fn instance_and_database_can_be_named() {
    let room = Room::up();
    room.run(["content", "create-instance", "shop"]).done();
    room.run(["content", "execute", "CREATE DATABASE other"]).done();
    let ask = "SELECT current_database() || ' ' || current_setting('cluster_name') AS here";
    let here = |args: &[&str]| {
        let answer = room.run(["content", "execute"].iter().chain(args).chain(&[ask])).done();
        answer.stdout.lines().nth(2).unwrap().trim().to_owned()
    };
    assert_eq!(here(&[]), "vrooli main");
    assert_eq!(here(&["--database", "other"]), "other main");
    assert_eq!(here(&["--instance", "shop"]), "vrooli shop");
    insta::assert_snapshot!(room.run(["content", "execute", "--database", "nowhere", ask]).failed(), @r#"
    --- stderr
    error: connecting to database `nowhere` of instance `main`: database "nowhere" does not exist (SQLSTATE 3D000)
    hint: there are: other, postgres, vrooli; `content create-database` makes another
    [exit 1]
    "#);
    insta::assert_snapshot!(room.run(["content", "execute", "--instance", "nobody", ask]).failed(), @"
    --- stderr
    error: there is no instance `nobody`
    hint: there are: main, shop
    [exit 1]
    ");
}

#[test]
fn the_environment_may_choose_the_database() {
    let mut room = Room::up();
    room.run(["content", "execute", "CREATE DATABASE a"]).done();
    room.run(["content", "execute", "CREATE DATABASE b"]).done();
    let database = |room: &Room| room.value("main", "SELECT current_database()");
    room.set("POSTGRES_DB", "b");
    assert_eq!(database(&room), "b");
    room.set("POSTGRES_DEFAULT_DB", "a");
    assert_eq!(database(&room), "a");
    room.set("POSTGRES_DEFAULT_DB", "vrooli");
    assert_eq!(database(&room), "b");
}

#[test]
fn an_instance_that_does_not_run_is_said_to_be_stopped() {
    let room = Room::up();
    room.run(["stop"]).done();
    insta::assert_snapshot!(room.run(["content", "execute", "SELECT 1"]).failed(), @"
    --- stderr
    error: instance `main` is stopped
    hint: `resource-postgres start --instance main` starts it
    [exit 1]
    ");
}

#[test]
fn sources_that_cannot_be_run_fail_with_the_reason() {
    let room = Room::up();
    let file = room.file("q.sql", "SELECT 1");
    let missing = room.path().join("missing.sql").display().to_string();
    let binary = room.path().join("binary");
    std::fs::write(&binary, [0xff, 0xfe]).unwrap();
    let binary = binary.display().to_string();
    let mut answers = String::new();
    for args in [
        &["--file", &missing][..],
        &["--file", &binary],
        &["SELECT 1", "--file", &file],
        &["SELECT 1", "SELECT 2"],
        &[" \n "],
        &[],
    ] {
        answers += &format!("{}\n\n", room.run(["content", "execute"].iter().chain(args)).failed());
    }
    insta::assert_snapshot!(answers, @"
    --- stderr
    error: reading [room]/missing.sql: No such file or directory (os error 2)
    [exit 1]

    --- stderr
    error: no SQL text: [room]/binary:1: not in UTF8
    hint: `--options encoding=NAME` says what it is written in, where it is no UTF-8; `pg_restore` reads archives
    [exit 1]

    --- stderr
    error: the argument '[SQL]' cannot be used with '--file <FILE>'
    hint: see `resource-postgres content execute --help`
    [exit 1]

    --- stderr
    error: unexpected argument 'SELECT 2' found
    hint: see `resource-postgres content execute --help`
    [exit 1]

    --- stderr
    error: `content execute` was given no SQL
    hint: see `resource-postgres help`
    [exit 1]

    --- stderr
    error: `content execute` was given no SQL: <stdin> is empty
    hint: see `resource-postgres help`
    [exit 1]
    ");
}

#[test]
fn statements_are_run_one_by_one_and_those_before_an_error_stay() {
    let room = Room::up();
    room.run(["content", "execute", "CREATE TABLE t (n int)"]).done();
    let failing = "INSERT INTO t VALUES (1); SELECT 1/0; INSERT INTO t VALUES (2)";
    room.run(["content", "execute", failing]).ended(1);
    assert_eq!(room.value("main", "SELECT sum(n) FROM t"), "1");
    room.run(["content", "execute", "--options", "single-transaction", failing]).ended(1);
    assert_eq!(room.value("main", "SELECT sum(n) FROM t"), "1");
    room.run(["content", "execute", "--options", "on-error=continue", failing]).done();
    assert_eq!(room.value("main", "SELECT sum(n) FROM t"), "4");
}

#[test]
fn a_large_result_arrives_whole() {
    let room = Room::up();
    let answer =
        room.run(["content", "execute", "SELECT repeat('x', 1000) AS x FROM generate_series(1, 5000)"]);
    let answer = answer.done();
    assert_eq!(answer.stdout.lines().filter(|it| it.trim().len() == 1000).count(), 5000);
    assert!(answer.stdout.ends_with("(5000 rows)\n\n"));
}

#[test]
fn a_reader_that_wants_no_more_is_no_failure() {
    let room = Room::up();
    let large = "SELECT repeat('x', 1000) AS x FROM generate_series(1, 5000)";
    let mut child = room.spawn(["content", "execute", large]);
    drop(child.stdout.take());
    let answer = room.wait(child).done();
    assert_eq!(answer.stderr, "");
}

#[test]
fn rows_come_in_the_format_that_is_asked_for() {
    let room = Room::up();
    let sql = "SELECT 1 AS n, 'a b' AS t, NULL AS nothing UNION ALL SELECT 2, E'x\ty', 'z'";
    let mut said = String::new();
    for flags in
        ["--format csv", "--format tsv", "--format json", "--format yaml", "--expanded", "--tuples-only"]
    {
        let args = ["content", "execute"].into_iter().chain(flags.split(' ')).chain([sql]);
        said += &format!("{flags}\n{}\n", room.run(args).done());
    }
    insta::assert_snapshot!(said, @r#"
    --format csv
    n,t,nothing
    1,a b,
    2,x	y,z
    [exit 0]
    --format tsv
    n	t	nothing
    1	a b	\N
    2	x\ty	z
    [exit 0]
    --format json
    [{"n":1,"t":"a b","nothing":null},{"n":2,"t":"x\ty","nothing":"z"}]
    [exit 0]
    --format yaml
    ---
    - "n": 1
      t: a b
      nothing: null
    - "n": 2
      t: "x\ty"
      nothing: z
    [exit 0]
    --expanded
    -[ RECORD 1 ]------
    n       | 1
    t       | a b
    nothing | 
    -[ RECORD 2 ]------
    n       | 2
    t       | x       y
    nothing | z

    [exit 0]
    --tuples-only
     1 | a b       | 
     2 | x       y | z

    [exit 0]
    "#);
}

#[test]
fn programs_get_nothing_but_rows() {
    let room = Room::up();
    let sql = "DO $$ BEGIN RAISE NOTICE 'heard'; END $$; CREATE TABLE t (); SELECT 42 AS answer";
    insta::assert_snapshot!(room.run(["content", "execute", "--format", "json", sql]).done(), @r#"
    [{"answer":42}]
    [exit 0]
    "#);
    insta::assert_snapshot!(room.run(["content", "execute", "--format", "csv", "SELEKT"]).failed(), @r#"
    --- stderr
    ERROR:  42601: syntax error at or near "SELEKT"
    LINE 1: SELEKT
            ^
    [exit 1]
    "#);
}

#[test]
fn the_flat_forms_run_sql_too_and_query_prints_rows_only() {
    let room = Room::up();
    let whole = room.run(["content", "execute", "SELECT 42 AS answer"]).done().stdout;
    for form in ["exec", "execute"] {
        assert_eq!(room.run([form, "SELECT 42 AS answer"]).done().stdout, whole, "{form}");
    }
    insta::assert_snapshot!(room.run(["query", "SELECT 42 AS answer"]).done(), @"
         42

    [exit 0]
    ");
    let file = room.file("picture.png", "not SQL");
    room.run(["content", "add", &file]).done();
    room.run(["query", "--name", "picture.png"]).skipped();
}

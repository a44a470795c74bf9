//! `content execute` of scripts: several files, options, variables, and what is refused.

use crate::support::Room;

#[test]
fn several_files_are_run_in_order_in_one_session() {
    let room = Room::up();
    let first = room.file("1.sql", "CREATE TEMP TABLE t (n int);\n\\set n 41\n");
    let second = room.file("2.sql", "INSERT INTO t VALUES (:n + 1);\nTABLE t;\n");
    let answer = room.run(["content", "execute", "--file", &first, "--file", &second]);
    insta::assert_snapshot!(answer.done(), @"
    CREATE TABLE
    INSERT 0 1
     n  
    ----
     42
    (1 row)

    [exit 0]
    ");
}

#[test]
fn the_first_error_ends_the_run_with_its_file_and_line() {
    let room = Room::up();
    let first = room.file("1.sql", "\\echo one\n\nSELECT\n  nope;\n\\echo never\n");
    let second = room.file("2.sql", "\\echo never\n");
    let answer = room.run(["content", "execute", "--file", &first, "--file", &second]);
    insta::assert_snapshot!(answer.ended(1), @r#"
    one
    --- stderr
    [room]/1.sql:4: ERROR:  42703: column "nope" does not exist
    LINE 2:   nope;
              ^
    [exit 1]
    "#);
}

#[test]
fn a_run_may_go_on_after_errors_and_ends_well_as_psql_does() {
    let room = Room::up();
    let script = room.file("s.sql", "SELECT 1/0;\n\\set 'no name' 1\n\\echo on :SQLSTATE\n");
    let answer = room.run(["content", "execute", "--options", "on-error=continue", "--file", &script]);
    insta::assert_snapshot!(answer.done(), @r#"
    on 22012
    --- stderr
    [room]/s.sql:1: ERROR:  22012: division by zero
    [room]/s.sql:2: error: invalid variable name: "no name"
    [exit 0]
    "#);
}

#[test]
fn options_reach_the_server_and_the_script() {
    let room = Room::up();
    room.run(["content", "execute", "CREATE ROLE \"a reader\""]).done();
    let sql = "SELECT current_user, session_user, current_setting('application_name'), :'city' AS city";
    let options = r"role=a reader,application_name=loader,var.city=Köln\, Rhein";
    let answer = room.run(["content", "execute", "-x", "--options", options, "--", sql]);
    insta::assert_snapshot!(answer.done(), @"
    -[ RECORD 1 ]---+------------
    current_user    | a reader
    session_user    | vrooli
    current_setting | loader
    city            | Köln, Rhein

    [exit 0]
    ");
    insta::assert_snapshot!(room.run(["content", "execute", "--options", "role=nobody at all", "SELECT 1"]).failed(), @r#"
    --- stderr
    error: connecting to database `vrooli` of instance `main`: role "nobody at all" does not exist (SQLSTATE 22023)
    [exit 1]
    "#);
    insta::assert_snapshot!(room.run(["content", "execute", "--options", "var.a b=1", "SELECT 1"]).failed(), @r#"
    --- stderr
    error: --options var.a b: invalid variable name: "a b"
    hint: see `resource-postgres help`
    [exit 1]
    "#);
}

#[test]
fn what_is_not_covered_is_named_before_anything_is_run() {
    let room = Room::up();
    let script = room.file("s.sql", "CREATE TABLE t ();\n\\watch 1\nSELECT 1 \\crosstabview\n\\! rm -r /\n");
    let answer = room.run(["content", "execute", "--file", &script]);
    insta::assert_snapshot!(answer.failed(), @r"
    --- stderr
    error: nothing was run, since this is not supported: [room]/s.sql:2: \watch, [room]/s.sql:3: \crosstabview, [room]/s.sql:4: \!
    hint: `--options engine=psql` hands the script to psql, where there is one
    [exit 1]
    ");
    assert_eq!(room.value("main", "SELECT count(*) FROM pg_class WHERE relname = 't'"), "0");
}

#[test]
fn what_a_command_is_given_is_looked_at_before_anything_is_run_too() {
    let room = Room::up();
    room.file("inner.sql", "\\echo inner\n\\watch 1\n");
    let script = "CREATE TABLE t ();\n\\pset format html\n\\copy t to program 'cat'\nSELECT 1 \\g | cat\n\\ir inner.sql\n\\set x `date`\n\\pset border 2\n";
    let answer = room.run(["content", "execute", "--file", &room.file("s.sql", script)]);
    insta::assert_snapshot!(answer.failed(), @r"
    --- stderr
    error: nothing was run, since this is not supported: [room]/s.sql:2: \pset format html, [room]/s.sql:3: \copy t to program 'cat', [room]/s.sql:4: \g | cat, [room]/inner.sql:2: \watch, [room]/s.sql:6: \set x `date`
    hint: `--options engine=psql` hands the script to psql, where there is one
    [exit 1]
    ");
    assert_eq!(room.value("main", "SELECT count(*) FROM pg_class WHERE relname = 't'"), "0");
}

#[test]
fn notifications_are_told_in_psqls_words() {
    let room = Room::up();
    let sql = "LISTEN a; NOTIFY a, 'it''s'; NOTIFY a; SELECT 1 AS one;\n";
    let script = room.file("s.sql", sql);
    let answer = room.run(["content", "execute", "--file", &script]);
    insta::assert_snapshot!(answer.done().hiding(r"PID \d+", "PID [pid]"), @r#"
    LISTEN
    NOTIFY
    Asynchronous notification "a" with payload "it's" received from server process with PID [pid].
    NOTIFY
    Asynchronous notification "a" received from server process with PID [pid].
     one 
    -----
       1
    (1 row)

    [exit 0]
    "#);
    let answer = room.run(["content", "execute", "--format", "csv", "--file", &script]);
    insta::assert_snapshot!(answer.done(), @"
    one
    1
    [exit 0]
    ");
}

#[test]
fn commands_of_the_shell_run_only_where_they_are_allowed() {
    let room = Room::up();
    let file = room.path().join("made");
    let sql = format!("\\! touch {}\n", file.display());
    room.run(["content", "execute", &sql]).failed();
    assert!(!file.exists());
    room.run(["content", "execute", "--options", "shell=allow", &sql]).done();
    assert!(file.exists());
}

#[test]
fn a_script_may_be_handed_to_psql() {
    let room = Room::up();
    if room.psql("main").is_none() {
        return;
    }
    let script = room.file("s.sql", "SELECT 1 AS a, 2 AS b, 3 AS c\n\\crosstabview\n\\echo :who\n");
    let options = "engine=psql,var.who=me";
    let answer = room.run(["content", "execute", "--options", options, "--file", &script]);
    insta::assert_snapshot!(answer.done(), @"
     a | 2 
    ---+---
     1 | 3
    (1 row)

    me
    [exit 0]
    ");
    let answer = room.run(["content", "execute", "--options", "engine=psql", "SELECT nope"]);
    insta::assert_snapshot!(answer.ended(1), @r#"
    --- stderr
    psql:<stdin>:1: ERROR:  column "nope" does not exist
    LINE 1: SELECT nope
                   ^
    error: psql: exit status: 3
    [exit 1]
    "#);
}

#[test]
fn psql_prints_what_is_asked_for_or_the_question_is_refused() {
    let room = Room::up();
    if room.psql("main").is_none() {
        return;
    }
    let ask = |flags: &str, options: &str| {
        let options = format!("engine=psql,{options}");
        let args = ["content", "execute", "--options", &options].into_iter().chain(flags.split_whitespace());
        room.run(args.chain(["DO $$ BEGIN RAISE NOTICE 'heard'; END $$; SELECT 1 AS a, 'x' AS b"]))
    };
    let mut said = String::new();
    for flags in ["--format csv", "--tuples-only", "--expanded"] {
        said += &format!("{flags}\n{}\n", ask(flags, "").done());
    }
    for (flags, options) in [
        ("--format json", ""),
        ("--format yaml", ""),
        ("--format tsv", ""),
        ("", "shell=allow"),
        ("", "shell=refuse"),
    ] {
        said += &format!("{flags}{options}\n{}\n", ask(flags, options).failed());
    }
    insta::assert_snapshot!(said, @"
    --format csv
    a,b
    1,x
    [exit 0]
    --tuples-only
    DO
     1 | x

    --- stderr
    psql:<stdin>:1: NOTICE:  heard
    [exit 0]
    --expanded
    DO
    -[ RECORD 1 ]
    a | 1
    b | x

    --- stderr
    psql:<stdin>:1: NOTICE:  heard
    [exit 0]
    --format json
    --- stderr
    error: `--options engine=psql` cannot be combined with `--format json`: psql prints text and csv here
    hint: see `resource-postgres help`
    [exit 1]
    --format yaml
    --- stderr
    error: `--options engine=psql` cannot be combined with `--format yaml`: psql prints text and csv here
    hint: see `resource-postgres help`
    [exit 1]
    --format tsv
    --- stderr
    error: `--options engine=psql` cannot be combined with `--format tsv`: psql prints text and csv here
    hint: see `resource-postgres help`
    [exit 1]
    shell=allow
    --- stderr
    error: `--options engine=psql` cannot be combined with `shell=allow`: psql always runs commands of the shell
    hint: see `resource-postgres help`
    [exit 1]
    shell=refuse
    --- stderr
    error: `--options engine=psql` cannot be combined with `shell=refuse`: psql always runs commands of the shell
    hint: see `resource-postgres help`
    [exit 1]
    ");
}

#[test]
fn the_order_of_files_and_standard_input_is_psqls_too() {
    let room = Room::up();
    if room.psql("main").is_none() {
        return;
    }
    let file = room.file("a.sql", "SELECT 1;");
    for files in [["-", &file], [&file, "-"]] {
        let args = ["query", "--options", "engine=psql", "--file", files[0], "--file", files[1]];
        let answer = room.feed(args, "SELECT 2;").done().stdout;
        let numbers: Vec<&str> = answer.split_whitespace().collect();
        assert_eq!(numbers, if files[0] == "-" { ["2", "1"] } else { ["1", "2"] });
    }
}

#[test]
fn a_script_may_become_a_user_whose_password_is_kept_and_the_instances_own_again() {
    let room = Room::up();
    room.run(["content", "create-user", "app"]).done();
    let port = room.recorded("main", "port");
    let script = format!(
        "\\c - app\nSELECT current_user;\n\\c - vrooli\n\\c postgres vrooli localhost {port}\n\\conninfo\n\
         \\c vrooli vrooli localhost {port}\n\\c - - 127.0.0.1\n\
         \\c \"dbname=vrooli application_name=loader\"\nSHOW application_name;\n"
    );
    insta::assert_snapshot!(room.run(["query", "--file", &room.file("s.sql", &script)]).done(), @r#"
    You are now connected to database "vrooli" as user "app".
     app

    You are now connected to database "vrooli" as user "vrooli".
    You are now connected to database "postgres" as user "vrooli" on host "localhost" (address "127.0.0.1") at port "5433".
    You are connected to database "postgres" as user "vrooli" on host "localhost" (address "127.0.0.1") at port "5433".
    You are now connected to database "vrooli" as user "vrooli".
    You are now connected to database "vrooli" as user "vrooli" on host "127.0.0.1" at port "5433".
    You are now connected to database "vrooli" as user "vrooli".
     loader

    [exit 0]
    "#);
    room.run(["content", "execute", "CREATE ROLE other LOGIN"]).done();
    let said = room.run(["query", "\\c - other\n"]).ended(1).stderr;
    assert!(said.contains("password missing"), "{said}");
}

#[test]
fn a_comment_after_connect_is_more_arguments_and_so_another_server() {
    let room = Room::up();
    let script = "\\c postgres; -- now there\nDROP TABLE important;\n";
    let answer = room.feed(["content", "execute", "--options", "on-error=continue"], script);
    insta::assert_snapshot!(answer.ended(1), @r"
    --- stderr
    <stdin>:1: error: \connect: a script stays on its instance's server
    [exit 1]
    ");
    for request in ["\"host=127.0.0.1 hostaddr=10.0.0.1\"", "- - - 1;", "- - example.org;"] {
        let said = room.feed(["query"], &format!("\\c {request}\n")).ended(1).stderr;
        assert!(said.contains("\\connect: a script stays on its instance's server"), "{request}: {said}");
    }
}

#[test]
fn a_tilde_is_the_users_home() {
    let room = Room::up();
    room.file("x.sql", "\\echo included\n");
    room.file("x.csv", "1\n2\n");
    let script = "\\i ~/x.sql\n\\ir ~/x.sql\nCREATE TABLE t (n int);\n\\copy t from ~/x.csv\n\
                  \\copy t to '~/y.csv'\nSELECT sum(n) FROM t \\g ~/z.txt\n";
    insta::assert_snapshot!(room.feed(["query"], script).done(), @"
    included
    included
    CREATE TABLE
    COPY 2
    COPY 2
    [exit 0]
    ");
    let written = |name: &str| std::fs::read_to_string(room.path().join(name)).unwrap();
    assert_eq!((written("y.csv").as_str(), written("z.txt").trim()), ("1\n2\n", "3"));
}

#[test]
fn files_are_included_by_name_or_relative_to_the_file_that_includes_them() {
    let room = Room::up();
    std::fs::create_dir(room.path().join("sub")).unwrap();
    room.file("sub/inner.sql", "\\echo inner\n\\q\n\\echo never\n");
    room.file("sub/middle.sql", "\\ir inner.sql\n\\echo middle\n");
    let outer = room.file("outer.sql", "\\ir sub/middle.sql\n\\echo outer\n\\i missing.sql\n");
    let answer = room.run(["content", "execute", "--file", &outer]);
    insta::assert_snapshot!(answer.ended(1), @"
    inner
    middle
    outer
    --- stderr
    [room]/outer.sql:3: error: missing.sql: No such file or directory
    [exit 1]
    ");
    let endless = room.file("endless.sql", "\\ir endless.sql\n");
    insta::assert_snapshot!(room.run(["content", "execute", "--file", &endless]).ended(1), @"
    --- stderr
    [room]/endless.sql:1: error: [room]/endless.sql: files include each other 50 deep
    [exit 1]
    ");
}

#[test]
fn another_database_is_connected_to_and_one_that_is_not_there_ends_the_script() {
    let room = Room::up();
    let sql = "CREATE DATABASE \"a b\";\n\\c \"a b\"\nSELECT current_database();\n\\c nowhere\nDROP TABLE important;\n";
    let script = room.file("s.sql", sql);
    let answer = room.run(["content", "execute", "--options", "on-error=continue", "--file", &script]);
    insta::assert_snapshot!(answer.ended(1), @r#"
    CREATE DATABASE
    You are now connected to database "a b" as user "vrooli".
     current_database 
    ------------------
     a b
    (1 row)

    --- stderr
    [room]/s.sql:4: error: \connect: database "nowhere" does not exist (SQLSTATE 3D000)
    [exit 1]
    "#);
}

#[test]
fn rows_for_programs_hold_nothing_but_rows() {
    let room = Room::up();
    let sql = "CREATE TABLE t (n int);\n\\x on\n\\timing on\nINSERT INTO t VALUES (1) RETURNING n;\n\\pset null nil\nSELECT NULL AS x;\n";
    let script = room.file("s.sql", sql);
    let answer = room.run(["content", "execute", "--format", "json", "--file", &script]);
    insta::assert_snapshot!(answer.done(), @r#"
    [{"n":1}]
    [{"x":null}]
    [exit 0]
    "#);
}

#[test]
fn data_comes_and_goes_by_copy() {
    let room = Room::up();
    room.file("in.csv", "1,one\n2,\"two, three\"\n");
    let path = room.path().display();
    let sql = format!(
        "CREATE TABLE t (n int, name text);\n\
         COPY t FROM stdin;\n7\tseven\n8\t\\N\n\\.\n\
         \\copy t from '{path}/in.csv' csv\n\
         \\copy (SELECT * FROM t ORDER BY n) to '{path}/out.csv' csv header\n\
         COPY (SELECT n FROM t ORDER BY n) TO stdout;\n\
         SELECT 'before'\\; COPY t (n) FROM stdin\\; SELECT count(*) FROM t;\n9\n\\.\n\
         COPY t FROM stdin;\n10\tten\nx\tbad\n\\.\n"
    );
    let answer = room.run(["content", "execute", "--file", &room.file("s.sql", &sql)]);
    insta::assert_snapshot!(answer.ended(1), @r#"
    CREATE TABLE
    COPY 2
    COPY 2
    COPY 4
    1
    2
    7
    8
     ?column? 
    ----------
     before
    (1 row)

    COPY 1
     count 
    -------
         5
    (1 row)

    --- stderr
    [room]/s.sql:15: ERROR:  22P02: invalid input syntax for type integer: "x"
    CONTEXT:  COPY t, line 2, column n: "x"
    [exit 1]
    "#);
    let written = std::fs::read_to_string(room.path().join("out.csv")).unwrap();
    insta::assert_snapshot!(written, @r#"
    n,name
    1,one
    2,"two, three"
    7,seven
    8,
    "#);
}

#[test]
fn a_script_in_another_encoding_is_read_and_answered_in_it() {
    let room = Room::up();
    let file = room.path().join("latin1.sql");
    std::fs::write(&file, b"SET client_encoding = 'LATIN1';\nSELECT 'caf\xe9' AS \"gr\xfc\xdfe\";\n")
        .unwrap();
    let file = file.display().to_string();
    let output = room.command(["content", "execute", "--file", &file]).output().unwrap();
    let expected = b"SET\n gr\xfc\xdfe \n-------\n caf\xe9\n(1 row)\n\n";
    assert_eq!(output.stdout, expected, "{output:?}");
    std::fs::write(&file, b"SELECT 'caf\xe9', length('caf\xe9');\n").unwrap();
    insta::assert_snapshot!(room.run(["content", "execute", "--file", &file]).failed(), @"
    --- stderr
    error: no SQL text: [room]/latin1.sql:1: not in UTF8
    hint: `--options encoding=NAME` says what it is written in, where it is no UTF-8; `pg_restore` reads archives
    [exit 1]
    ");
    let answer = room.run(["content", "execute", "--options", "encoding=WIN1252", "--file", &file]);
    insta::assert_snapshot!(answer.done(), @"
     ?column? | length 
    ----------+--------
     café     |      4
    (1 row)

    [exit 0]
    ");
}

#[test]
fn an_encoding_that_is_not_known_here_ends_the_run_instead_of_garbling_what_follows() {
    let room = Room::up();
    let script = room.file("s.sql", "SET client_encoding = 'EUC_TW';\nSELECT 'never';\n");
    let answer = room.run(["content", "execute", "--options", "on-error=continue", "--file", &script]);
    insta::assert_snapshot!(answer.ended(1), @"
    SET
    --- stderr
    [room]/s.sql:1: error: results cannot be written in EUC_TW here
    [exit 1]
    ");
}

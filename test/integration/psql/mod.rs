//! `content execute` prints byte for byte what `psql -X -c` prints.

mod formats;
mod memory;

use std::process::Output;

use crate::support::Room;

/// Single statements of many types and shapes.
const QUERIES: &[&str] = &[
    "SELECT 1",
    "SELECT 1::smallint AS small, 2147483648 AS big, -7::int AS \"negative\"",
    "SELECT 1.50::numeric(10,2) AS price, 'NaN'::numeric AS nan, 1e-20::numeric AS tiny",
    "SELECT 0.1::real AS r, 1/3.0::double precision AS d, 'Infinity'::float8 AS i, '-0'::float8 AS zero",
    "SELECT 1234.5::money AS money, (-3)::text::money AS debt",
    "SELECT true AS yes, false AS no, NULL::boolean AS unknown",
    "SELECT 'text' AS t, 'c'::char(5) AS padded, 'v'::varchar AS v, 'n'::name AS n, '' AS empty",
    "SELECT E'one\\ntwo\\n\\nfour' AS lines, 1 AS n",
    "SELECT 1 AS n, E'one\\ntwo' AS last_column",
    "SELECT E'a\\tb\\tc' AS tabs, E'wide\\tx' AS more, E'\\t' AS only",
    "SELECT E'cr\\rlf\\r\\nend' AS cr, E'bell\\x07 esc\\x1b del\\x7f' AS controls, U&'\\0085' AS c1",
    "SELECT '日本語' AS wide, 'äöü' AS umlauts, U&'e\\0301' AS combining, '😀' AS emoji, '한글' AS hangul",
    "SELECT U&'\\2764\\FE0F' AS selector, 'x' AS after",
    "SELECT NULL AS nothing, NULL::int AS number, 'x' AS something",
    "SELECT ARRAY[1,2,3] AS ints, ARRAY['a b', NULL, '\"q\"'] AS texts, '{{1,2},{3,4}}'::int[] AS square",
    "SELECT '{\"a\": [1, null], \"b\": \"x\\ny\"}'::json AS json, '{\"b\":1,\"a\":2}'::jsonb AS jsonb",
    "SELECT '\\xdeadbeef'::bytea AS bytes, ''::bytea AS none",
    "SELECT date '2026-11-23', time '12:34:56.789', timestamp '2026-11-23 12:34:56', timetz '12:00+02'",
    "SELECT timestamptz '2026-11-23 12:34:56+02' AT TIME ZONE 'UTC' AS utc, interval '1 year 2 days 03:04' AS i",
    "SELECT 42::oid, '7'::xid, '8'::xid8, '9'::cid, 'pg_class'::regclass, '(0,1)'::tid, '0/16'::pg_lsn",
    "SELECT '10.0.0.1/8'::inet, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid, '101'::bit(3), point '(1,2)'",
    "SELECT int4range(1, 5), ROW(1, 'two', NULL), 'happy'::varchar(3), '$.a'::jsonpath",
    "SELECT",
    "SELECT FROM generate_series(1, 3)",
    "SELECT WHERE false",
    "SELECT 1 AS n, 'x' AS t WHERE false",
    "SELECT 1 AS a_column_with_a_name_of_sixty_three_bytes_which_is_the_longest_one, 2 AS \"Ünï çödé\"",
    "SELECT 1 AS x, 2 AS x, 3 AS \"\u{a0}\", 4 AS \"?column?\"",
    "SELECT 1 AS \"two\nlines\", 'abc' AS b, 'x' AS \"three\nlong\nlines\"",
    "SELECT i, repeat('x', i) AS grows FROM generate_series(1, 12) AS i",
    "SELECT repeat('wide ', 60) AS wider_than_any_terminal, 1 AS n",
    "SELECT i AS n, repeat(E'line\\n', i) AS block FROM generate_series(0, 2) AS i",
    "TABLE one_row LIMIT 0",
    "SELECT 1 AS n, E'two\\nlines' AS \"a\nlong\nname\", 'x' AS \"b\nc\" FROM generate_series(1, 2)",
    "SELECT i AS n, NULL AS nothing, repeat('y', 12 - i) AS t FROM generate_series(1, 11) AS i",
    "SELECT 'a,b' AS c, 'a;b' AS \"s;m\", 'a\"b' AS \"q\"\"q\", E'a\\rb' AS r, '\\.' AS dot, 'a|b' AS bar, ' ' AS blank",
    "SELECT NULL",
    "SELECT '' AS n",
    "SELECT E'\\n\\n' AS n, '' AS m",
];

/// Statements and the tags that they end with; they build on each other.
const COMMANDS: &[&str] = &[
    "CREATE TABLE t (id int PRIMARY KEY, name text)",
    "INSERT INTO t VALUES (1, 'one'), (2, 'two')",
    "INSERT INTO t VALUES (3, 'three') RETURNING id, name",
    "INSERT INTO t VALUES (3, 'again') ON CONFLICT DO NOTHING RETURNING id",
    "UPDATE t SET name = upper(name) WHERE id < 3",
    "UPDATE t SET name = 'x' WHERE id = 3 RETURNING *",
    "DELETE FROM t WHERE id = 3",
    "DELETE FROM t WHERE false RETURNING id",
    "SELECT * INTO copied FROM t",
    "CREATE TABLE copied_too AS SELECT * FROM t",
    "CREATE VIEW v AS SELECT * FROM t",
    "TABLE t",
    "VALUES (1, 'a'), (2, NULL)",
    "WITH x AS (SELECT 1 AS one) SELECT * FROM x",
    "BEGIN",
    "COMMIT",
    "SET search_path = public",
    "SHOW search_path",
    "EXPLAIN (COSTS OFF) SELECT * FROM t WHERE id = 1",
    "EXPLAIN (COSTS OFF, FORMAT JSON) SELECT 1",
    "DO $$ BEGIN PERFORM 1; END $$",
    "CREATE PROCEDURE p(INOUT n int) LANGUAGE plpgsql AS $$ BEGIN n := n + 1; END $$",
    "CALL p(41)",
    "CREATE PROCEDURE q() LANGUAGE sql AS $$ $$",
    "CALL q()",
    "CREATE INDEX CONCURRENTLY ON t (name)",
    "TRUNCATE copied",
    "DROP TABLE copied, copied_too",
    "PREPARE s AS SELECT 1",
    "-- nothing but a comment",
    ";",
    "SELECT 1; SELECT 2 AS two; INSERT INTO t VALUES (5, 'five')",
    "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
    "CREATE DATABASE another",
];

/// Statements that fail; long lines are cut around the error.
const ERRORS: &[&str] = &[
    "SELEC 1",
    "SELECT nope",
    "SELECT 1,\n\tnope\nFROM generate_series(1, 2)",
    "SELECT 1 +",
    "SELECT '日本', nope",
    "SELECT * FROM missing_table",
    "SELECT 1/0",
    "INSERT INTO t VALUES (1, 'twice')",
    "SELECT 'a'::int",
    "DO $$ BEGIN RAISE EXCEPTION 'mine' USING DETAIL = 'more', HINT = 'try', ERRCODE = 'P0042'; END $$",
    "DO $$ BEGIN EXECUTE 'SELECT nope'; END $$",
    "SELECT 1111111111, 2222222222, 3333333333, 4444444444, nope, 5555555555, 6666666666, 7777777777, 8888888888",
    "SELECT 1; SELECT nope; SELECT 3",
];

/// What psql prints and ends with in a database of `main`; `None` where there is no psql.
fn psql(room: &Room, database: &str, sql: &str) -> Option<Output> {
    let mut psql = room.psql("main")?;
    Some(psql.env("PGDATABASE", database).args(["-c", sql]).output().unwrap())
}

/// Compares stdout and exit code of every statement, ours in one database, psql's in another.
fn same_as_psql(room: &Room, statements: &[&str], database: &str) {
    let mut differences = String::new();
    for sql in statements {
        let ours = room.run(["content", "execute", "--", sql]);
        let Some(theirs) = psql(room, database, &sql.replace("another", "a_third")) else { return };
        let stdout = String::from_utf8(theirs.stdout).unwrap();
        if (&ours.stdout, ours.code) != (&stdout, theirs.status.code()) || ours.code != Some(0) {
            differences += &format!("{sql}\nours:\n{ours}\npsql:\n{stdout}[{}]\n", theirs.status);
        }
    }
    assert_eq!(differences, "", "{differences}");
}

#[test]
fn the_rows_of_a_query_are_those_of_psql() {
    let room = Room::up();
    room.run(["content", "execute", "CREATE VIEW one_row AS VALUES (1, 'x')"]).done();
    same_as_psql(&room, QUERIES, "vrooli");
}

#[test]
fn the_tags_of_commands_are_those_of_psql() {
    let room = Room::up();
    room.run(["content", "execute", "CREATE DATABASE twin"]).done();
    same_as_psql(&room, COMMANDS, "twin");
}

#[test]
fn an_error_is_that_of_psql_with_its_sqlstate() {
    let room = Room::up();
    COMMANDS[..2].iter().for_each(|sql| drop(room.run(["content", "execute", sql]).done()));
    for sql in ERRORS {
        let ours = room.run(["content", "execute", "--", sql]).ended(1);
        let Some(theirs) = psql(&room, "vrooli", sql) else { return };
        let stderr = String::from_utf8(theirs.stderr).unwrap();
        let (severity, said) = stderr.split_once(":  ").unwrap();
        let code = ours.stderr.get(severity.len() + 3..severity.len() + 8).unwrap_or_default();
        assert!(code.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit()), "{ours}");
        assert_eq!(ours.stderr, format!("{severity}:  {code}: {said}"), "{sql}");
        assert_eq!(ours.stdout, String::from_utf8(theirs.stdout).unwrap(), "{sql}");
    }
}

-- Each cell run as a statement, row by row, NULLs left out.
SELECT 'CREATE TABLE t' || g || ' (id int)', 'INSERT INTO t' || g || ' VALUES (' || g || ')' FROM generate_series(1, 3) AS g
\gexec
SELECT format('SELECT %s AS %I', n, name) FROM (VALUES (1, 'one'), (2, 'Two Words')) AS v(n, name) \gexec
SELECT NULL, 'SELECT 1 AS after_null', '' \gexec
SELECT 'SELECT 1' WHERE false \gexec
\t on
SELECT 'SELECT 7 AS seven' \gexec
\t off
\set ECHO all
SELECT 'SELECT 8 AS eight' \gexec
\set ECHO none
SELECT 'SELECT ''a;b''; SELECT 2' \gexec
SELECT $$DO 'BEGIN RAISE NOTICE ''from gexec''; END'$$ \gexec
SELECT 'BEGIN', 'SAVEPOINT s', 'ROLLBACK' \gexec
SELECT 'ALTER TABLE t1 ADD COLUMN ' || quote_ident(c) || ' int' FROM unnest(ARRAY['a', 'b c']) AS c \gexec
TABLE t1;
\set ON_ERROR_STOP off
SELECT 'SELECT 1 / 0', 'SELECT ''not reached in this row?'' AS q' \gexec
\set ON_ERROR_STOP on
SELECT 'SELECT 1 AS one', 'SELECT nonsense', 'SELECT 3 AS three' \gexec
SELECT 'not reached';

\t
SELECT 1 AS a, 'x' AS b;
SELECT 1 AS a WHERE false;
CREATE TABLE t (a int);
INSERT INTO t VALUES (1) RETURNING a;
\x
SELECT 1 AS a, 'x' AS b FROM generate_series(1, 2);
\t off
SELECT 1 AS a;
\pset tuples_only
\pset tuples_only on
SELECT 2;

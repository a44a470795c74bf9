\set QUIET on
CREATE TABLE t (a int);
\x
\x
INSERT INTO t VALUES (1) RETURNING a;
SELECT 1;
\pset null x
\set QUIET off
INSERT INTO t VALUES (2);
\t

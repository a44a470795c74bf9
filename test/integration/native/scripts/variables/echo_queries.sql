\set ECHO queries
SELECT 1 AS a;
SELECT
  2 AS b -- comment
;
\echo not a query
CREATE TABLE t (n int);
\set ECHO none
SELECT 3;
\set ECHO nonsense

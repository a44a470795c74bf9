-- ECHO shows statements: all lines, queries only, errors only.
\set ECHO queries
SELECT 1 AS one;
SELECT 2 AS two
  -- with a comment
  , 3 AS three;
/* leading comment */ SELECT 4 AS four; SELECT 5 AS five;
\echo a command is not echoed
SELECT 6 AS six \gset
SELECT :six AS expanded;
\set ECHO all
SELECT 7 AS seven;
\echo a command is echoed

-- a comment of its own

SELECT 8
  AS eight;
\if false
SELECT 'skipped';
\endif
COPY (SELECT 1) TO STDOUT;
CREATE TABLE t (n int);
COPY t FROM STDIN;
1
\.
SELECT 'a' AS a\; SELECT 'b' AS b;
\set ECHO errors
\set ON_ERROR_STOP off
SELECT 9 AS nine;
SELECT 1 / 0
  AS failed;
SELECT nowhere;
\unset ECHO
SELECT 10 AS ten;
\echo :ECHO

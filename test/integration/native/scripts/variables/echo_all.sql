\set ECHO all
SELECT 1 AS a;

-- a comment
SELECT 2
  AS b; SELECT 3 AS c;
\echo shown twice
SELECT 'two
lines';
\set ECHO none
SELECT 4;

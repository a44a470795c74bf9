\set full true
SELECT 1 AS a
\if :full
, 2 AS b
\else
, 3 AS c
\endif
, 4 AS d;
SELECT (
\if false
wrong (
\endif
5) AS e;
\if true
SELECT 'in one
\endif
line' AS text;
\endif

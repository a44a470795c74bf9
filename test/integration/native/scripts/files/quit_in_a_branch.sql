\if true
SELECT 1 AS last
\q
\endif
SELECT 2;

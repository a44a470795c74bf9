SELECT 1 AS a,
\i rest.sql
2 AS b;

\set ON_ERROR_STOP off
SELECT 1 / (3 - n) AS x FROM generate_series(1, 5) AS n;
\x
SELECT 1 / (3 - n) AS x FROM generate_series(1, 5) AS n;
\echo after

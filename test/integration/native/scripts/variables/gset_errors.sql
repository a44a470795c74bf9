\set ON_ERROR_STOP off
SELECT 1 AS a WHERE false \gset
SELECT generate_series(1, 2) AS a \gset
SELECT 1 AS "not a name" \gset
SELECT 1/0 AS a \gset
\echo :{?a}
CREATE TABLE t () \gset
\echo done

SELECT 1 AS a, 'two' AS b, NULL AS c \gset
\echo :a :b :{?c}
SELECT 10 AS a, 20 AS b \gset p_
\echo :p_a :p_b :a
SELECT count(*) AS n FROM generate_series(1, 5)
\gset
\echo :n :ROW_COUNT
CREATE TABLE t (id int);
INSERT INTO t VALUES (7) RETURNING id \gset new_
\echo :new_id
SELECT 1 AS first\; SELECT 2 AS second \gset
\echo :second :{?first}
SELECT 'x' AS "ON_ERROR_STOP", 'y' AS other \gset
\echo :other :ON_ERROR_STOP

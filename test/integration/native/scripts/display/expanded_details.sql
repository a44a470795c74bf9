\x
SELECT 'short' AS a, repeat('long ', 20) AS b, E'one\ntwo\nthree' AS c FROM generate_series(1, 3);
\pset border 2
SELECT 'short' AS a, E'one\ntwo' AS "name
of two lines", NULL AS n FROM generate_series(1, 11);
\pset border 1
\t
SELECT 1 AS a, 'x' AS b FROM generate_series(1, 2);

SELECT E'one\ntwo\nthree' AS lines, 1 AS n, E'a\nb' AS more;
SELECT E'ends with newline\n' AS a, E'\nbegins' AS b, E'\n' AS only;
SELECT 1 AS "name with
line break", 2 AS b;
SELECT n, repeat(E'line\n', n) AS block FROM generate_series(1, 3) AS n;
\x
SELECT E'one\ntwo' AS a, 'x' AS "two
lines";
\pset border 2
SELECT E'one\ntwo' AS a, 'x' AS b;

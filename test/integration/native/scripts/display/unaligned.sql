\a
SELECT 1 AS a, 'x y' AS b, NULL AS c;
\f ';'
SELECT 1 AS a, 'x;y' AS b;
\f '\t'
SELECT 1 AS a, 2 AS b;
\pset fieldsep
\x
SELECT 1 AS a, 'x' AS b FROM generate_series(1, 2);
\t
SELECT 1 AS a, 'x' AS b FROM generate_series(1, 2);
\x
SELECT 1 AS a, 'x' AS b FROM generate_series(1, 2);
\a
SELECT 1 AS a;

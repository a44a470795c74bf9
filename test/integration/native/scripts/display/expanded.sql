\x
SELECT 1 AS a, 'two' AS longer_name FROM generate_series(1, 2);
\x off
SELECT 1 AS a;
\x on
SELECT 1 AS a;
\x auto
SELECT 1 AS a;
\pset columns 20
SELECT repeat('x', 15) AS a, repeat('y', 15) AS b;
SELECT 1 AS a;
\pset columns
\x
SELECT 1 AS a;

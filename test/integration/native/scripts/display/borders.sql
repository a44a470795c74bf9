\pset border 0
SELECT 1 AS a, 'x' AS b UNION ALL SELECT 200, 'longer';
\pset border 1
SELECT 1 AS a, 'x' AS b;
\pset border 2
SELECT 1 AS a, 'x' AS b UNION ALL SELECT 200, 'longer';
\x
SELECT 1 AS a, 'x' AS b UNION ALL SELECT 200, 'longer';
\pset border 0
SELECT 1 AS a, 'x' AS b;

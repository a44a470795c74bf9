VALUES (1, 'a', true), (2, NULL, false), (3, 'c', NULL);
TABLE pg_catalog.pg_am LIMIT 0;
SELECT 1 AS n UNION ALL SELECT 2 EXCEPT SELECT 3 ORDER BY n;
SELECT * FROM (VALUES (1, 'x'), (2, 'y')) AS v (num, let) ORDER BY num DESC;
SELECT generate_series(1, 3) AS a, generate_series(1, 2) AS b;

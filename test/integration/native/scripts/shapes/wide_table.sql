SELECT repeat('x', 200) AS a, repeat('y', 100) AS b, 1 AS c;
SELECT generate_series AS n, generate_series * 1000000 AS larger, repeat('z', generate_series) AS growing FROM generate_series(1, 15);
SELECT 1 AS a1, 2 AS a2, 3 AS a3, 4 AS a4, 5 AS a5, 6 AS a6, 7 AS a7, 8 AS a8, 9 AS a9, 10 AS a10, 11 AS a11, 12 AS a12, 13 AS a13, 14 AS a14, 15 AS a15;

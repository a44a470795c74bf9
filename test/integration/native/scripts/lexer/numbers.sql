SELECT 1.5e3 AS a, .5 AS b, 5. AS c, 1e-2 AS d, 007 AS e;
SELECT $1;

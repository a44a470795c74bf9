SELECT (1 + (2 * 3)) AS a, (SELECT (4)) AS b;
SELECT (1;
2);

SELECT 1 AS a, 'x' AS b WHERE false;
SELECT 'a long name for a column' AS "a long name for a column" WHERE false;
\x
SELECT 1 AS a WHERE false;
\x
\t
SELECT 1 AS a WHERE false;
\a
SELECT 1 AS a WHERE false;

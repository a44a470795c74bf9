\pset linestyle unicode
SELECT 1 AS a, 'x' AS b;
\pset border 2
SELECT 1 AS a, E'x\ny' AS b;
\x
SELECT 1 AS a, 'x' AS b;
\pset border 0
SELECT 1 AS a;
\pset linestyle ascii
SELECT 1 AS a;

\pset border 5
SELECT 1 AS a, 2 AS b;
\x
SELECT 1 AS a, 2 AS b;
\pset border 65535
\pset border -3
\pset border 99999999999
\pset border x
\pset border 65537
\pset border
\pset linestyle unicode
\pset border 3
\x
SELECT 1 AS a;

\pset format wrapped
SELECT repeat('word ', 10) AS a, 1 AS b;
\pset format aligned

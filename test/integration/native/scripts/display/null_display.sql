\pset null ∅
SELECT NULL AS a, 1 AS b, '' AS c;
\pset null
\a
SELECT NULL AS a, 1 AS b;
\x
SELECT NULL AS a, 1 AS b;

SELECT NULL, NULL::int, NULL::text[], 'NULL' AS word;
\pset null '(none)'
SELECT NULL, NULL::int AS number, '' AS empty, ARRAY[NULL]::int[] AS inside;
\x
SELECT NULL AS a, 1 AS b;
\x
\pset null ''
SELECT NULL AS nothing;
SELECT coalesce(NULL, 'x'), nullif(1, 1), num_nulls(1, NULL, NULL), greatest(1, NULL, 3);

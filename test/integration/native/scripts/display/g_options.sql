SELECT 1 AS a, 2 AS b \g
SELECT 1 AS a, 2 AS b \gx
SELECT 1 AS a, 2 AS b \g (format=csv)
SELECT 1 AS a, NULL AS b \g (format=unaligned fieldsep=';' null='-')
SELECT 1 AS a, 2 AS b \gx (border=2)
SELECT 1 AS a \g (expanded tuples_only)
SELECT 'unchanged' AS a;
\g
\gx

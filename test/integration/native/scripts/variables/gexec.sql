SELECT format('CREATE TABLE %I (a int)', 'table ' || n), format('INSERT INTO %I VALUES (%s)', 'table ' || n, n) FROM generate_series(1, 2) AS n \gexec
SELECT 'SELECT ' || n || ' AS n', NULL, 'SELECT ''cell''' FROM generate_series(1, 2) AS n
\gexec
SELECT 'SELECT 1 AS a; SELECT 2 AS b' \gexec
SELECT 'x' WHERE false \gexec
SELECT 'SELECT 1', 'SELECT 1/0', 'SELECT 3' \gexec
\echo never

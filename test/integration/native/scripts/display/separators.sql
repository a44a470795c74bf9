\pset format unaligned
\pset recordsep ' / '
SELECT n AS a, n + 1 AS b FROM generate_series(1, 3) AS n;
SELECT 'after';
\pset recordsep '\n'
\pset fieldsep_zero
SELECT 1 AS a, 2 AS b;
\pset recordsep_zero
SELECT 1 AS a, 2 AS b;

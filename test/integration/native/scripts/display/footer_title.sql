\pset footer off
SELECT 1 AS a;
\pset footer
SELECT 1 AS a;
\C 'A title'
SELECT 1 AS a, repeat('x', 30) AS b;
SELECT 1;
\pset title
SELECT 1;
\pset title 'with ''quotes'' and 日本'
\x
SELECT 1 AS a, 2 AS b;
\C
SELECT 1 AS a;

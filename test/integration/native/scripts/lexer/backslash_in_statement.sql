SELECT 1 \echo in the middle
AS a;
SELECT 2
\echo on its own line
AS b \g
SELECT 3 AS c \p
\g
SELECT 'dropped' \r
SELECT 4 AS d;
\p

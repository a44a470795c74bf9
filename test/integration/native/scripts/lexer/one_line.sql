SELECT 1 AS a; SELECT 2 AS b;SELECT 3 AS c \g \echo after
SELECT 4 \g SELECT 5;
\echo one \\ SELECT 6 AS f; \echo two \\
\set x 1 \\ SELECT :x AS g;

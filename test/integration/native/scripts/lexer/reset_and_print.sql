\p
SELECT 1
\p
\r
\p
SELECT 2;
\g
\p

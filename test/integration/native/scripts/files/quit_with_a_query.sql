CREATE TABLE t (a int);
SELECT 1 AS last
\q
SELECT 2;

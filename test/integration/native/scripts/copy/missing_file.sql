CREATE TABLE t (n int);
\copy t from 'missing.txt'
SELECT 'never';

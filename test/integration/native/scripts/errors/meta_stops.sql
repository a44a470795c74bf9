SELECT 1;
\set 'bad name' x
SELECT 2;

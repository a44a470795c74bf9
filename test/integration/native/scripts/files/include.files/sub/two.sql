\echo in two
\ir three.sql
SELECT 'two' AS file;

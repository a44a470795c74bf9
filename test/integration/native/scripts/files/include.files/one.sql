\echo in one
\set from_one 11
SELECT 'one' AS file;

SELECT 1;
\i broken.sql
SELECT 'never';

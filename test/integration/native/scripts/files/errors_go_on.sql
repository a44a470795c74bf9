\set ON_ERROR_STOP off
\i broken.sql
\i nowhere.sql
\i
SELECT 'outer';

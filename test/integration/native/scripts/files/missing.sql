SELECT 1;
\i nowhere.sql
SELECT 2;

\echo before
\i quits.sql
\echo after

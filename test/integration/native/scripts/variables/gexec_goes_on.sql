\set ON_ERROR_STOP off
SELECT unnest(ARRAY['SELECT 1', 'SELEC 2', 'SELECT 3']) \gexec
\set ECHO queries
SELECT 'SELECT 4' \gexec

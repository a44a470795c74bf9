\restrict abc123
SELECT 1 AS restricted;
\unrestrict abc123
\echo free
\restrict key
\echo not allowed

\echo inside
\q
\echo never

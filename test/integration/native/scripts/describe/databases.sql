\l
\l temp*
\list postgres
COMMENT ON DATABASE postgres IS 'a comment';
\l nothing

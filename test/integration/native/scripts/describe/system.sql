\d pg_am
\d pg_catalog.pg_am_oid_index
\d information_schema.schemata

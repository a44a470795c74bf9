\set ON_ERROR_STOP off
\d nowhere
\d no.where
\d "Quoted "
\d pg_catalog.pg_nothing
\d a.b.c.d
\d other.public.t
\dn a.b
CREATE TABLE "Odd name" ("a b" int);
\d Odd*
\d "Odd name"
\d "Odd*"

\set ON_ERROR_STOP off
\dz
\dz with words
\dAx
\dq
\dr
\drx
\dnfoo
\dcfoo
\dti_ nothing
\desx
\dAcx nothing
\drdsx nobody
\dS pg_am
\d+S pg_am
\dpS nothing
\dpS pg_am
\dp pg_am
\dp pg_catalog.pg_am
\z pg_catalog.pg_am
\if false
\dz
\dAx
\dP+

\endif
\dconfig block_size extra
\dy nothing extra words
\d "" extra

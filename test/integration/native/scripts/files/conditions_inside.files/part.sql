\if false
\echo not
\else
\echo yes
\endif
\if true
\echo open to the end

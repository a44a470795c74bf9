\if false
\watch 1
\if true
\crosstabview
\endif
\else
\echo alive
\endif
\if off
\crosstabview
\elif true
\echo here
\endif
\q
\watch 1

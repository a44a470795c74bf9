\set ON_ERROR_STOP off
\if maybe
SELECT 'not run';
\else
SELECT 'run';
\endif
\else
\elif true
\endif
\if true
\else
\else
\elif true
\endif
\if
\echo empty is no
\endif
\if true
SELECT 'unclosed';

\set ON_ERROR_STOP off
\pset nope
\pset format nope
\pset format a
\pset linestyle nope
\pset expanded nope
\pset footer nope
\pset csv_fieldsep ab
\pset csv_fieldsep '\n'
\pset unicode_border_linestyle triple
\t nope
\x nope
\timing nope
SELECT 'still here';

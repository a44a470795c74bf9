\set what 'count(*) AS n'
\set source 'generate_series(1, 3)'
SELECT :what FROM :source;
\set statement 'SELECT 1 AS one; SELECT 2 AS two;'
:statement
\set part 'SELECT 3'
:part AS three;
\set quote 'a'';b'
SELECT :'quote';
\set backslash 'a\\b'
SELECT :'backslash' AS escaped;
\echo :backslash

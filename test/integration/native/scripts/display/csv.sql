\pset format csv
SELECT 1 AS a, 'with, comma' AS b, 'with "quote"' AS c, E'with\nnewline' AS d, NULL AS e, '' AS f;
\pset csv_fieldsep ';'
SELECT 1 AS a, 'with; semicolon' AS b, 'with, comma' AS c;
\pset null NULL
\t
SELECT NULL AS a, 2 AS b;
\pset csv_fieldsep '\t'
SELECT 1, E'a\tb';
\t
\x
SELECT 1 AS a, 'x,y' AS b;
CREATE TABLE t ();

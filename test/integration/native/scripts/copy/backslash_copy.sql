CREATE TABLE t (n int, name text);
\copy t from 'data.txt'
\copy t (n, name) from data.csv with (format csv, header)
SELECT * FROM t ORDER BY n;
\copy (SELECT n, name FROM t ORDER BY n) to 'out.csv' csv header
CREATE TABLE u (LIKE t);
\copy u from out.csv csv header
TABLE u;
\copy t to stdout
\copy t (name) to stdout csv
\copy t from stdin
7	inline
\.
SELECT count(*), max(n) FROM t;
\echo :ROW_COUNT

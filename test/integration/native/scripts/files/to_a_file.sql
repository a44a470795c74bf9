CREATE TABLE t (n int, name text);
INSERT INTO t VALUES (1, 'one'), (2, 'two');
SELECT * FROM t ORDER BY n \g out.txt
SELECT * FROM t ORDER BY n \g (format=csv tuples_only=on) out.csv
\copy t from out.csv csv
SELECT count(*) FROM t;
CREATE TABLE lines (line text);
\copy lines from out.txt
SELECT * FROM lines;

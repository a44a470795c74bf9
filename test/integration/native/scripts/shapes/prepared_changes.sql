CREATE TABLE t (n int, name text);
PREPARE add (int, text) AS INSERT INTO t VALUES ($1, $2);
EXECUTE add (1, 'one');
EXECUTE add (2, 'two');
PREPARE get AS SELECT * FROM t ORDER BY n;
EXECUTE get;
DEALLOCATE get;
DEALLOCATE ALL;
EXECUTE get;

\set ON_ERROR_STOP off
CREATE TABLE t (n int);
\copy
\copy t
\copy t somewhere 'x'
\copy nowhere from stdin
\copy t from 'data.txt' (format nonsense)
\copy t from 'data.txt'
SELECT count(*) FROM t;

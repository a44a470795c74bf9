-- An end mark ends the data even within a quoted cell.
\set ON_ERROR_STOP off
CREATE TABLE t (id int, v text, w text);
COPY t FROM STDIN WITH CSV;
10,"unfinished \. inside
\.
and more",x
\.
SELECT count(*) FROM t;

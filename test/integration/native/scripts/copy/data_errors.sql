-- Bad rows: the message names the line, the column and the value.
\set ON_ERROR_STOP off
CREATE TABLE t (id int PRIMARY KEY, v varchar(5) NOT NULL, d date CHECK (d > '2000-01-01'));
COPY t FROM STDIN;
1	ok	2026-01-01
two	ok	2026-01-01
\.
COPY t FROM STDIN;
1	ok
\.
COPY t FROM STDIN;
1	ok	2026-01-01	more
\.
COPY t FROM STDIN;
1	toolong	2026-01-01
\.
COPY t FROM STDIN;
1	ok	2026-01-01
2	\N	2026-01-01
\.
COPY t FROM STDIN;
1	ok	1999-01-01
\.
COPY t FROM STDIN;
1	ok	2026-01-01
1	dup	2026-01-01
\.
COPY t FROM STDIN (FORMAT csv);
1,"open quote
\.
COPY t FROM STDIN (FORMAT csv, HEADER);
id,v,d
1,ok,2026-02-30
\.
COPY t FROM STDIN;

\.
COPY t FROM STDIN;
1	a very long value that is far too long for the column and for the message that shows it as well, is it not so	2026-01-01
\.
SELECT count(*) AS none FROM t;
\set ON_ERROR_STOP on
COPY t FROM STDIN;
x	ok	2026-01-01
\.
SELECT 'not reached';

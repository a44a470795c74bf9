CREATE TABLE t (n int);
COPY t FROM stdin;
\.
COPY t TO stdout;
COPY t TO stdout (FORMAT csv, HEADER);
SELECT count(*) FROM t;
COPY t FROM stdin; SELECT 'on the same line' AS after;
1
2
\.
SELECT count(*) FROM t;

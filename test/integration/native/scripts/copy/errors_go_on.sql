\set ON_ERROR_STOP off
CREATE TABLE t (n int NOT NULL, name text UNIQUE);
COPY t FROM stdin;
1
\.
COPY t FROM stdin;
1	a	extra
\.
COPY t FROM stdin;
\N	a
\.
COPY t FROM stdin;
1	same
2	same
\.
SELECT count(*) FROM t;

/* load */
CREATE TABLE t (a int, b text);
/* before */
COPY t FROM stdin;
1	one
\.
COPY t (a) FROM /* where from */ stdin;
2
\.
COPY /* what */ t /* (b) */ FROM -- a line
stdin;
3	three
\.
/* x */ COPY t TO /* where to */ stdout;
/* from stdin */ SELECT count(*) FROM t;

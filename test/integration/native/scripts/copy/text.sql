CREATE TABLE t (n int, name text, day date);
COPY t FROM stdin;
1	one	2026-01-01
2	\N	\N
3	tab\tnewline\nbackslash\\end	2026-12-31
4		2026-06-01
\.
SELECT * FROM t ORDER BY n;
COPY t TO stdout;
COPY t (name, n) TO stdout;
COPY (SELECT n * 2, upper(name) FROM t WHERE n = 1) TO stdout;
COPY t TO stdout WITH (DELIMITER '|', NULL 'nothing');

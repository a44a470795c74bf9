CREATE TABLE t (n int, name text);
BEGIN\; COPY t FROM stdin\; COPY t TO stdout\; COMMIT;
1	one
2	two
\.
COPY t FROM stdin\; COPY t FROM stdin;
3	three
\.
4	four
\.
SELECT * FROM t ORDER BY n;

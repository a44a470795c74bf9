CREATE TABLE t (n int, name text);
COPY t FROM stdin;
1	one
x	two
3	three
\.
SELECT 'never';

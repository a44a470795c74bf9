CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY, n int, double int GENERATED ALWAYS AS (n * 2) STORED, word text DEFAULT 'none');
COPY t (n) FROM stdin;
1
2
\.
COPY t (word, n) FROM stdin (DELIMITER ',');
x,3
\.
SELECT * FROM t ORDER BY id;
COPY t TO stdout;

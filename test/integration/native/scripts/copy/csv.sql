CREATE TABLE t (n int, name text, more text);
COPY t FROM stdin WITH (FORMAT csv);
1,one,"with, comma"
2,"with ""quotes""",
3,"two
lines",x
4,"",""
\.
SELECT * FROM t ORDER BY n;
COPY t TO stdout (FORMAT csv, HEADER);
COPY t TO stdout (FORMAT csv, FORCE_QUOTE (name), NULL '-');
COPY t FROM stdin CSV HEADER DELIMITER ';' QUOTE '''';
n;name;more
5;'semi;colon';last
\.
SELECT * FROM t WHERE n = 5;

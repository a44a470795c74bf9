CREATE TABLE t (n int, name text) PARTITION BY RANGE (n);
CREATE TABLE t_low PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE TABLE t_high PARTITION OF t FOR VALUES FROM (10) TO (100);
COPY t FROM stdin WHERE n <> 5;
1	low
5	filtered
50	high
\.
SELECT tableoid::regclass, * FROM t ORDER BY n;
COPY (TABLE t ORDER BY n) TO stdout;
COPY t FROM stdin;
1000	nowhere
\.

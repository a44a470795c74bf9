CREATE TABLE p (id int, day date) PARTITION BY RANGE (day);
\d p
CREATE TABLE p_1 PARTITION OF p FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE p_2 PARTITION OF p FOR VALUES FROM ('2026-02-01') TO ('2026-03-01') PARTITION BY LIST (id);
CREATE TABLE p_rest PARTITION OF p DEFAULT;
CREATE INDEX ON p (id);
ALTER TABLE p ADD PRIMARY KEY (id, day);
CREATE TABLE far (a int, b date, FOREIGN KEY (a, b) REFERENCES p);
\d p
\d+ p
\d p_1
\d+ p_1
\d p_2
\d+ p_rest
\d p_pkey
\d p_id_idx
\d far
\dt
\di

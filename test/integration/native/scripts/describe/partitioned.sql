\set ON_ERROR_STOP off
\dP
\dPt
\dPi
CREATE TABLE plain (a int);
CREATE TABLE top (a int PRIMARY KEY, b text) PARTITION BY RANGE (a);
CREATE TABLE top_1 PARTITION OF top FOR VALUES FROM (0) TO (10) PARTITION BY RANGE (a);
CREATE TABLE top_1_a PARTITION OF top_1 FOR VALUES FROM (0) TO (5);
CREATE TABLE top_2 PARTITION OF top FOR VALUES FROM (10) TO (20);
CREATE INDEX top_b ON top (b);
CREATE SCHEMA far;
CREATE TABLE far.other (a int) PARTITION BY LIST (a);
COMMENT ON TABLE top IS 'the top';
COMMENT ON INDEX top_b IS 'its index';
INSERT INTO top SELECT x, repeat('x', 100) FROM generate_series(0, 4) x;
\dP
\dP+
\dPt
\dPt+
\dPi
\dPi+
\dPn
\dPn+
\dPtn
\dPtn+
\dPin
\dPin+
\dPti
\dPtin
\dP to*
\dP+ top_1
\dPt top*
\dPi+ *.*
\dP far.*
\dPn far.other
\dP nothing
\dP a.b.c
\dPx

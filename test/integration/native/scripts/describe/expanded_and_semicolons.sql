-- Expanded display, which a relation alone does not heed; semicolons after names; what an index says.
CREATE TABLE t (a int PRIMARY KEY, b text);
CREATE TABLE p (a int) PARTITION BY RANGE (a);
CREATE INDEX pi ON p (a);
CREATE VIEW v AS SELECT 1 AS x;
CREATE INDEX ti ON t (b) WITH (fillfactor = 70);
CREATE UNIQUE INDEX tn ON t (b) NULLS NOT DISTINCT;
CREATE UNIQUE INDEX tp ON t (b) WHERE a > 1;
ALTER TABLE t ADD CONSTRAINT tu UNIQUE NULLS NOT DISTINCT (a, b);
CREATE SEQUENCE s OWNED BY t.a;
\x
\d t
\d+ t
\d s
\d+ v
\dt
\d
\dn
\x
\d ti
\d+ ti
\d+ tn
\d tn
\d tp
\d tu
\d+ pi
\dt;
\dt+ t;
\d t;
\d t;;
\dn;
\dt ;
\d t ;
\df nope;
\df nope int;
\z t;
\l postgres;
\dRp;

CREATE TABLE t (a int);
CREATE RULE several AS ON INSERT TO t DO ALSO (SELECT 1 AS one; SELECT 2 AS two, 3 AS three);
INSERT INTO t VALUES (1);
INSERT INTO t VALUES (2), (3) RETURNING a;
\x
INSERT INTO t VALUES (4);
\pset format unaligned
INSERT INTO t VALUES (5);
\pset format csv
INSERT INTO t VALUES (6);
CREATE RULE instead AS ON UPDATE TO t DO INSTEAD SELECT count(*) FROM t;
\x
\pset format aligned
UPDATE t SET a = 0;

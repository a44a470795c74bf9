CREATE TABLE t (n int);
CREATE TABLE log (what text, n int);
CREATE RULE r AS ON INSERT TO t DO ALSO (INSERT INTO log VALUES ('insert', NEW.n); INSERT INTO log VALUES ('again', NEW.n););
INSERT INTO t VALUES (7);
SELECT * FROM log ORDER BY what;

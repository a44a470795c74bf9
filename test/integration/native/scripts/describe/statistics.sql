\set ON_ERROR_STOP off
\dX
\dy
\dx+
\dx+ plpgsql
\dx+ pl*
\dx+ nothing
\dx+ a.b
\dx a.b
\dx nothing
CREATE SCHEMA "Far off";
CREATE TABLE t (a int, b int, "c c" text);
CREATE STATISTICS s1 ON a, b FROM t;
CREATE STATISTICS s2 (ndistinct) ON a, b, "c c" FROM t;
CREATE STATISTICS s3 (mcv, dependencies) ON (a + b), lower("c c") FROM t;
CREATE STATISTICS s4 ON (a * 2) FROM t;
CREATE STATISTICS "Far off".s5 ON a, b FROM t;
\dX
\dX+
\dX s1
\dX "Far off".*
\dX *.*
\dX nothing
\dX a.b.c
CREATE FUNCTION et() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER e1 ON ddl_command_start EXECUTE FUNCTION et();
CREATE EVENT TRIGGER e2 ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'DROP TABLE') EXECUTE FUNCTION et();
CREATE EVENT TRIGGER e3 ON sql_drop EXECUTE FUNCTION et();
ALTER EVENT TRIGGER e1 DISABLE;
ALTER EVENT TRIGGER e2 ENABLE ALWAYS;
ALTER EVENT TRIGGER e3 ENABLE REPLICA;
COMMENT ON EVENT TRIGGER e1 IS 'an event trigger';
\dy
\dy+
\dy e2
\dy+ nothing
\dy a.b
DROP EVENT TRIGGER e1;
DROP EVENT TRIGGER e2;
DROP EVENT TRIGGER e3;
DROP FUNCTION et();
DROP EXTENSION plpgsql;
\dx+
\dx
\dX """Far off""".*

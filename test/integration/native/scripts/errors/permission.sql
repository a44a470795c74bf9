\set ON_ERROR_STOP off
CREATE ROLE errors_permission_reader;
CREATE TABLE t (n int, secret text);
GRANT SELECT (n) ON t TO errors_permission_reader;
SET ROLE errors_permission_reader;
SELECT n FROM t;
SELECT secret FROM t;
INSERT INTO t VALUES (1, 'x');
DROP TABLE t;
CREATE DATABASE errors_permission_db;
CREATE ROLE another;
RESET ROLE;
DROP OWNED BY errors_permission_reader;
DROP ROLE errors_permission_reader;

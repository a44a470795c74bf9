SELECT current_database() AS before \gset
CREATE DATABASE "schemas another";
\c "schemas another"
SELECT current_database();
CREATE TABLE t (n int);
INSERT INTO t VALUES (1);
\connect - -
TABLE t;
\c :"before"
SELECT count(*) FROM pg_class WHERE relname = 't';
CREATE DATABASE schemas_copy TEMPLATE "schemas another";
\c schemas_copy
TABLE t;
\c postgres
DROP DATABASE "schemas another";
DROP DATABASE schemas_copy;
DROP DATABASE schemas_copy;

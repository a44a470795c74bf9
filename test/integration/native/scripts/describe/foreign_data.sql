\set ON_ERROR_STOP off
\des
\deu
\dew
\det
CREATE FOREIGN DATA WRAPPER w1;
CREATE FOREIGN DATA WRAPPER w2 OPTIONS (debug 'true', "odd name" 'it''s');
CREATE FOREIGN DATA WRAPPER w3 VALIDATOR postgresql_fdw_validator;
COMMENT ON FOREIGN DATA WRAPPER w1 IS 'a wrapper';
CREATE SERVER s1 TYPE 'some' VERSION '1.2' FOREIGN DATA WRAPPER w1 OPTIONS (host 'x');
CREATE SERVER s2 FOREIGN DATA WRAPPER w1;
COMMENT ON SERVER s1 IS 'a server';
CREATE ROLE describe_foreign_a;
GRANT USAGE ON FOREIGN SERVER s1 TO describe_foreign_a;
GRANT USAGE ON FOREIGN DATA WRAPPER w1 TO PUBLIC;
CREATE USER MAPPING FOR describe_foreign_a SERVER s1 OPTIONS (user 'u', password 'p');
CREATE USER MAPPING FOR PUBLIC SERVER s2;
CREATE SCHEMA far;
CREATE FOREIGN TABLE f1 (a int) SERVER s1 OPTIONS (tab 'z');
CREATE FOREIGN TABLE far.f2 (a int) SERVER s2;
COMMENT ON FOREIGN TABLE f1 IS 'a table';
\des
\des+
\des s1
\des+ s?
\des nothing
\des a.b
\deu
\deu+
\deu s2
\deu+ describe*
\deu nothing
\deu a.b
\dew
\dew+
\dew w2
\dew+ nothing
\dew a.b
\det
\det+
\det far.*
\det+ *.*
\det nothing
\det a.b.c
\dex
DROP USER MAPPING FOR describe_foreign_a SERVER s1;
DROP OWNED BY describe_foreign_a;
DROP ROLE describe_foreign_a;

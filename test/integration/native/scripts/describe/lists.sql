\set ON_ERROR_STOP off
\d
\dt
\dn
CREATE SCHEMA app;
CREATE TABLE item (id int PRIMARY KEY, name text UNIQUE);
CREATE TABLE app.other (n int);
CREATE VIEW v AS SELECT 1 AS a;
CREATE MATERIALIZED VIEW m AS SELECT 1 AS a;
CREATE SEQUENCE q;
CREATE UNLOGGED TABLE fast (n int);
COMMENT ON TABLE item IS 'things';
\d
\dt
\dt+
\di
\di+
\dv
\dv+
\dm
\ds
\dtvs
\dE
\dt app.*
\dt *.other
\dt "item"
\dt ITEM
\dt it*
\dt i?em
\dt nothing
\dt no*.thing
\dn
\dn+
\dn app
\dn nothing
\dt a.b.c
\dt a.b.c.d
\dtS pg_am

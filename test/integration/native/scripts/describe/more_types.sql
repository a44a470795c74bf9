\set ON_ERROR_STOP off
\dc
\dD
\dO
\dC
\dC+
\dC int4
\dC integer
\dC int
\dC+ pg_catalog.text
\dC nothing
\dC a.b.c
\dc+
\dcS
\dcS+
\dc utf8_to_koi8*
\dc+ pg_catalog.ascii*
\dc nothing
\dc a.b.c
CREATE SCHEMA far;
CREATE CONVERSION conv FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
CREATE DEFAULT CONVERSION far.conv FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
COMMENT ON CONVERSION conv IS 'a conversion';
\dc
\dc+
\dc far.*
CREATE DOMAIN d1 AS int;
CREATE DOMAIN d2 AS varchar(10) COLLATE "C" NOT NULL DEFAULT 'x' CONSTRAINT a CHECK (VALUE <> 'a') CONSTRAINT b CHECK (VALUE <> 'b');
CREATE DOMAIN far.d3 AS d1 CHECK (VALUE > 0);
COMMENT ON DOMAIN d1 IS 'a domain';
GRANT USAGE ON DOMAIN d1 TO PUBLIC;
\dD
\dD+
\dDS
\dD d1
\dD+ far.*
\dD nothing
\dD a.b.c
CREATE FUNCTION cast_it(d1) RETURNS far.d3 LANGUAGE sql AS 'SELECT 1::far.d3';
CREATE TYPE far.pair AS (a int, b int);
CREATE TYPE other AS (a int, b int);
CREATE FUNCTION to_other(far.pair) RETURNS other LANGUAGE sql AS 'SELECT ($1.a, $1.b)::other';
CREATE CAST (far.pair AS other) WITH FUNCTION to_other(far.pair) AS ASSIGNMENT;
CREATE CAST (other AS text) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (other AS text) IS 'a cast';
\dC other
\dC+ other
\dC far.*
\dC pair
CREATE COLLATION c1 FROM "C";
CREATE COLLATION far.c2 (PROVIDER = icu, LOCALE = 'und', DETERMINISTIC = false);
COMMENT ON COLLATION c1 IS 'a collation';
\dO
\dO+
\dO far.*
\dO "C"
\dO+ "POSIX"
\dOS+ ucs*
\dO nothing
\dO a.b.c
\dT int
\dT DECIMAL
\dT int[]
\dT int4[]
\dT _int4
\dT+ float8[]
\dT far.pair[]
\dT other
\dn a.b
\dn a.b.c
\dn case_more_types.public

CREATE FUNCTION one(a int, b text DEFAULT 'x', OUT c int, OUT d text) LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 1, $2';
CREATE FUNCTION several(VARIADIC int[]) RETURNS SETOF int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
CREATE FUNCTION tab() RETURNS TABLE (a int, b text) LANGUAGE sql BEGIN ATOMIC SELECT 1, 'x'::text; END;
CREATE PROCEDURE proc(INOUT a int) LANGUAGE plpgsql AS $$ BEGIN a := 1; END $$;
CREATE FUNCTION trig() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE AGGREGATE mul(int) (SFUNC = int4mul, STYPE = int);
COMMENT ON FUNCTION trig() IS 'does nothing';
\df
\df+
\dfa
\dfp
\dft
\dfn
\dfn+ o*
\df nothing
\df pg_catalog.upper
\df upper

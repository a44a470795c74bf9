CREATE TYPE pair AS (a int, b text);
CREATE FUNCTION scalar(int) RETURNS int LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT $1 * 2';
CREATE FUNCTION composite() RETURNS pair LANGUAGE sql AS $$ SELECT 1, 'x' $$;
CREATE FUNCTION several(n int) RETURNS SETOF pair LANGUAGE plpgsql AS $$
BEGIN
  FOR i IN 1..n LOOP RETURN NEXT (i, repeat('x', i))::pair; END LOOP;
END $$;
CREATE FUNCTION as_table(VARIADIC items text[]) RETURNS TABLE (place int, item text) LANGUAGE sql AS $$ SELECT o::int, i FROM unnest(items) WITH ORDINALITY AS u (i, o) $$;
CREATE FUNCTION defaults(a int, b int DEFAULT 10, c text DEFAULT 'x') RETURNS text LANGUAGE sql AS $$ SELECT a || '-' || b || '-' || c $$;
CREATE FUNCTION poly(anyelement) RETURNS anyarray LANGUAGE sql AS 'SELECT ARRAY[$1, $1]';
CREATE AGGREGATE product(int) (SFUNC = int4mul, STYPE = int, INITCOND = 1);
SELECT scalar(21), scalar(NULL), composite(), (composite()).b;
SELECT * FROM several(3);
SELECT * FROM as_table('p', 'q');
SELECT defaults(1), defaults(1, 2), defaults(1, c => 'z'), poly('x'::text), poly(1);
SELECT product(n) FROM generate_series(1, 5) AS n;
DROP FUNCTION scalar;
CREATE OR REPLACE FUNCTION defaults(a int, b int DEFAULT 10, c text DEFAULT 'x') RETURNS int LANGUAGE sql AS 'SELECT 1';

\set ON_ERROR_STOP off
\da
\do
CREATE SCHEMA far;
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION f(int, text) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION f(numeric, float8) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION f(int[], timestamptz[]) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION far.f(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TYPE far.pair AS (a int, b int);
CREATE FUNCTION g(far.pair) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION trig() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE PROCEDURE proc(int) LANGUAGE sql AS 'SELECT 1';
CREATE AGGREGATE mul(int) (SFUNC = int4mul, STYPE = int);
CREATE AGGREGATE far.mul(int) (SFUNC = int4mul, STYPE = int);
CREATE AGGREGATE cnt(*) (SFUNC = int8inc, STYPE = int8, INITCOND = '0');
COMMENT ON AGGREGATE mul(int) IS 'product';
\df f
\df f -
\df f int
\df f int -
\df f int text
\df f INT4 *
\df f decimal float
\df f int[] timestamptz[]
\df+ f int4[]
\df *.f integer
\df g far.pair
\df g pair
\df f nothing
\df f a.b.c
\df "" int
\dfn f int
\dfp * int
\dfat
\dfanptw+ *
\dfw
\dfS upper text
\dfw+ rank*
\dfaq
\dfx
\df a.b.c
\df f int text int text int text int text int text int text int text int text int text int text
\da
\da+
\daS
\da mul
\da far.*
\da *.mul
\da su*
\da nothing
\da a.b.c
CREATE FUNCTION negate_text(text) RETURNS text LANGUAGE sql AS 'SELECT reverse($1)';
COMMENT ON FUNCTION negate_text(text) IS 'of the function';
CREATE OPERATOR !!! (RIGHTARG = text, FUNCTION = negate_text);
CREATE OPERATOR far.<+> (LEFTARG = int, RIGHTARG = int, FUNCTION = int4pl);
COMMENT ON OPERATOR far.<+> (int, int) IS 'of the operator';
\do
\do+
\doS
\doS+
\do !!!
\do+ far.*
\do =
\do = int4
\do - int
\do - - int4
\do - int4 -
\do+ + int4 int4
\do + int4 int4 extra words
\do * * text
\do nothing
\do a.b.c
\do + "" int4
\dL
\dL+
\dLS
\dLS+
\dL plpgsql
\dL+ c
\dL nothing
\dL a.b
\dL a.b.c
\do *.<+>
\do far."<+>"
\do |?
\do @-@
\do !~

\set ON_ERROR_STOP off
\dd
\ddS
\dd nothing
CREATE SCHEMA far;
CREATE TABLE t (a int CONSTRAINT positive CHECK (a > 0));
CREATE TABLE far.t (a int CONSTRAINT positive CHECK (a > 0));
CREATE DOMAIN d AS int CONSTRAINT small CHECK (VALUE < 10);
CREATE RULE ru AS ON DELETE TO t DO INSTEAD NOTHING;
CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER tr AFTER INSERT ON t EXECUTE FUNCTION tf();
CREATE OPERATOR FAMILY fam USING btree;
CREATE OPERATOR CLASS cls FOR TYPE int4 USING btree FAMILY fam AS OPERATOR 1 <, FUNCTION 1 btint4cmp(int4, int4);
COMMENT ON CONSTRAINT positive ON t IS 'of the table';
COMMENT ON CONSTRAINT positive ON far.t IS E'of the\nother table';
COMMENT ON CONSTRAINT small ON DOMAIN d IS 'of the domain';
COMMENT ON RULE ru ON t IS 'of the rule';
COMMENT ON TRIGGER tr ON t IS 'of the trigger';
COMMENT ON OPERATOR FAMILY fam USING btree IS 'of the family';
COMMENT ON OPERATOR CLASS cls USING btree IS 'of the class';
\dd
\dd+
\ddS
\dd *s*
\dd far.*
\dd public.positive
\dd case_comments.public.tr
\dd a.b.c
\dddp

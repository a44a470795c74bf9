CREATE FUNCTION told() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'event % by %', tg_event, tg_tag; END $$;
CREATE EVENT TRIGGER ends ON ddl_command_end EXECUTE FUNCTION told();
CREATE TABLE t (n int);
ALTER TABLE t ADD COLUMN m int;
CREATE INDEX ON t (n);
DROP TABLE t;
DROP EVENT TRIGGER ends;
CREATE TABLE u ();

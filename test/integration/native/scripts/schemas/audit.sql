CREATE TABLE thing (id int PRIMARY KEY, name text, n int);
CREATE TABLE audit (seq int GENERATED ALWAYS AS IDENTITY, op text, old_row jsonb, new_row jsonb);
CREATE FUNCTION record_change() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  INSERT INTO audit (op, old_row, new_row) VALUES (TG_OP, to_jsonb(OLD), to_jsonb(NEW));
  RETURN coalesce(NEW, OLD);
END
$body$;
CREATE TRIGGER recorded AFTER INSERT OR UPDATE OR DELETE ON thing FOR EACH ROW EXECUTE FUNCTION record_change();
INSERT INTO thing VALUES (1, 'a', 1), (2, 'b', 2);
UPDATE thing SET n = n * 10, name = name || '!' WHERE id = 1;
DELETE FROM thing WHERE id = 2;
SELECT * FROM audit ORDER BY seq;
SELECT op, new_row ->> 'name' AS name FROM audit WHERE new_row IS NOT NULL ORDER BY seq;
ALTER TABLE thing DISABLE TRIGGER recorded;
TRUNCATE thing;

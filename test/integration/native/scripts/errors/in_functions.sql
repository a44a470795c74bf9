\set ON_ERROR_STOP off
CREATE FUNCTION inner_one(n int) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  RETURN 1 / n;
END $$;
CREATE FUNCTION outer_one(n int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  result int;
BEGIN
  SELECT inner_one(n) INTO result;
  RETURN result;
END $$;
CREATE FUNCTION in_sql(n int) RETURNS int LANGUAGE sql AS 'SELECT outer_one(n)';
SELECT inner_one(0);
SELECT outer_one(0);
SELECT in_sql(0);
DO $$
BEGIN
  PERFORM outer_one(0);
END $$;
DO $$ BEGIN PERFORM nope(); END $$;
DO $$ BEGIN EXECUTE 'SELECT ' || 'nope FROM nowhere'; END $$;
CREATE FUNCTION broken() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETRN 1; END $$;
CREATE FUNCTION broken() RETURNS int LANGUAGE sql AS 'SELECT nope';

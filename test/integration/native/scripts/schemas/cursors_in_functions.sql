CREATE FUNCTION open_it(refcursor) RETURNS refcursor LANGUAGE plpgsql AS $$ BEGIN OPEN $1 FOR SELECT generate_series(1, 3) AS n; RETURN $1; END $$;
BEGIN;
SELECT open_it('mine');
FETCH ALL IN mine;
COMMIT;
CREATE PROCEDURE loops() LANGUAGE plpgsql AS $$
DECLARE r record; total int := 0;
BEGIN
  FOR r IN SELECT n FROM generate_series(1, 4) AS n LOOP
    CONTINUE WHEN r.n = 2;
    total := total + r.n;
  END LOOP;
  FOREACH total SLICE 0 IN ARRAY ARRAY[total, 100] LOOP RAISE NOTICE 'total %', total; END LOOP;
  CASE total WHEN 100 THEN RAISE NOTICE 'hundred'; ELSE RAISE NOTICE 'other'; END CASE;
END $$;
CALL loops();

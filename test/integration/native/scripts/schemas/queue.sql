CREATE TYPE job_state AS ENUM ('waiting', 'running', 'done', 'failed');
CREATE TABLE job (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, payload jsonb NOT NULL, state job_state NOT NULL DEFAULT 'waiting', tries int NOT NULL DEFAULT 0);
CREATE INDEX waiting ON job (id) WHERE state = 'waiting';
CREATE FUNCTION take(most int) RETURNS SETOF job LANGUAGE sql AS $$
  UPDATE job SET state = 'running', tries = tries + 1
  WHERE id IN (SELECT id FROM job WHERE state = 'waiting' ORDER BY id LIMIT most FOR UPDATE SKIP LOCKED)
  RETURNING *
$$;
CREATE PROCEDURE work() LANGUAGE plpgsql AS $$
DECLARE j job;
BEGIN
  FOR j IN SELECT * FROM take(10) LOOP
    UPDATE job SET state = CASE WHEN j.payload ? 'fail' THEN 'failed' ELSE 'done' END::job_state WHERE id = j.id;
    COMMIT;
  END LOOP;
END $$;
INSERT INTO job (payload) SELECT jsonb_build_object('n', n) FROM generate_series(1, 3) AS n;
INSERT INTO job (payload) VALUES ('{"fail": true}');
SELECT id, state FROM take(1);
CALL work();
SELECT id, payload, state, tries FROM job ORDER BY id;

-- How much of an error is told.
\set ON_ERROR_STOP off
CREATE TABLE t (n int CONSTRAINT positive CHECK (n > 0));
CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'heard' USING DETAIL = 'The detail.', HINT = 'The hint.'; RAISE EXCEPTION 'failed' USING DETAIL = 'More.', HINT = 'Try again.', ERRCODE = 'ABC12'; END $$;
\set VERBOSITY terse
INSERT INTO t VALUES (-1);
SELECT nowhere
  FROM t;
SELECT f();
DROP TABLE IF EXISTS none;
\set VERBOSITY sqlstate
INSERT INTO t VALUES (-1);
SELECT nowhere;
SELECT f();
DROP TABLE IF EXISTS none;
\set VERBOSITY default
INSERT INTO t VALUES (-1);
SELECT nowhere;
SELECT f();
\set SHOW_CONTEXT always
SELECT f();
\set SHOW_CONTEXT never
SELECT f();
\unset SHOW_CONTEXT
\unset VERBOSITY
\echo :SHOW_CONTEXT :VERBOSITY
SELECT f();

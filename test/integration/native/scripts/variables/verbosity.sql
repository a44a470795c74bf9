\set ON_ERROR_STOP off
CREATE TABLE t (n int PRIMARY KEY, m int CHECK (m > 0));
INSERT INTO t VALUES (1, 1);
\set VERBOSITY terse
INSERT INTO t VALUES (1, 1);
SELECT nope FROM t;
DO $$ BEGIN RAISE NOTICE 'n' USING DETAIL = 'd', HINT = 'h'; END $$;
\set VERBOSITY sqlstate
SELECT nope;
DO $$ BEGIN RAISE WARNING 'w'; END $$;
\set VERBOSITY default
INSERT INTO t VALUES (2, -1);
\set VERBOSITY nonsense
\set AUTOCOMMIT maybe
\set ON_ERROR_STOP maybe

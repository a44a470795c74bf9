\set ON_ERROR_STOP off
\set ECHO errors
SELECT 1;
SELECT
  nope;
INSERT INTO nowhere VALUES (1);

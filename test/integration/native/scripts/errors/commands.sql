\set ON_ERROR_STOP off
CREATE TABLE t (n int);
CREATE TABLE t (n int);
DROP VIEW t;
ALTER TABLE t DROP COLUMN nope;
CREATE INDEX i ON t (nope);
CREATE TYPE mood AS ENUM ('a', 'a');
SET work_mem = 'a lot';
SET nonsense = 1;
SHOW nonsense;
CREATE EXTENSION nonsense;
VACUUM nowhere;
BEGIN;
VACUUM;
CREATE DATABASE inside;
ROLLBACK;
EXECUTE nowhere;
FETCH FROM nowhere;
NOTIFY "";

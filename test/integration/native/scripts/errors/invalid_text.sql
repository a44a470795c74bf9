\set ON_ERROR_STOP off
SELECT 'x'::int;
SELECT '2026-13-01'::date;
SELECT '{1,2'::int[];
SELECT '{"a": }'::json;
SELECT 'maybe'::boolean;
SELECT '99999999999'::int;
SELECT 1000000 * 1000000;
SELECT 1.5::numeric(2, 2);
SELECT repeat('x', 5)::varchar(3), 'abcd'::char(2);
CREATE TABLE t (a varchar(3));
INSERT INTO t VALUES ('abcd');
SELECT '\xzz'::bytea;
SELECT E'\xff';

CREATE SCHEMA s;
CREATE TABLE s."T t" (a int);
CREATE FUNCTION s.f(int, text DEFAULT 'x') RETURNS int LANGUAGE sql AS 'SELECT $1';
SELECT 's."T t"'::regclass, 'pg_type'::regclass, 'int4'::regtype, 'text[]'::regtype, 's.f(int,text)'::regprocedure, 'upper(text)'::regprocedure;
SELECT 'pg_catalog'::regnamespace, 's'::regnamespace, 'english'::regconfig, '+(int,int)'::regoperator, 'C'::regcollation, to_regclass('nowhere');
SELECT '0/16B3748'::pg_lsn, '0/20'::pg_lsn - '0/10'::pg_lsn AS bytes, '(0,7)'::tid, '10:20:10,14'::pg_snapshot, 7::oid;

-- Text in another client encoding, and what cannot be told in it.
\set ON_ERROR_STOP off
SHOW client_encoding;
CREATE TABLE t (v text);
INSERT INTO t VALUES ('plain'), ('é'), ('€'), ('日本');
SET client_encoding = 'SQL_ASCII';
SELECT v, length(v) FROM t ORDER BY v LIMIT 1;
SET client_encoding = 'UTF8';
\encoding LATIN1
SELECT v FROM t WHERE v = 'plain';
SELECT v FROM t WHERE octet_length(v) > 2;
SELECT 'nowhere' FROM nothing;
\encoding UTF8
\encoding
SELECT v FROM t ORDER BY v;
SET client_encoding = 'none';
SELECT convert('\xe282ac', 'UTF8', 'LATIN1');
SELECT convert_from('\xff', 'UTF8');
SELECT convert_to('é', 'LATIN1') AS latin, convert_from('\xe9', 'LATIN1') AS back, convert_to('€', 'WIN1252') AS win;

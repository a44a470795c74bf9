\set n 42
\set text 'it''s a "text"'
\set table 'my table'
SELECT :n AS number, :'text' AS literal, :n + 1 AS sum;
CREATE TABLE :"table" (a int);
INSERT INTO :"table" VALUES (:n);
SELECT * FROM :"table";
\echo :n :'text' :"table"
\set joined a b 'c d' :n
\echo :joined
\set empty
\echo [:empty] :{?empty} :{?missing}
\unset n
\echo :n :{?n}
SELECT :'missing';

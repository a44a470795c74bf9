\set a ':b'
\set b ':a'
\set c 1
\set d ':c'
SELECT :d AS through;
\echo :a :d

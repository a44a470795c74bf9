-- tsvector and tsquery: how they are written and matched.
SELECT 'a fat cat sat on a mat'::tsvector AS plain, 'it''s:1A,3 "q\\:2B'::tsvector AS positions, ''::tsvector AS none, $$'two words':1 'it''s':2$$::tsvector AS quoted;
SELECT to_tsvector('english', 'The quick brown foxes jumped over the lazy dogs, twice quickly') AS english, to_tsvector('simple', 'The Foxes') AS simple;
SELECT 'fat & (rat | !cat)'::tsquery AS bools, 'fat <-> cat'::tsquery AS phrase, 'a <3> b:*'::tsquery AS far, 'super:AB*'::tsquery AS weights, ''::tsquery AS none;
SELECT plainto_tsquery('english', 'the fat rats') AS plain, phraseto_tsquery('english', 'fat and rats') AS phrase, websearch_to_tsquery('english', '"fat rats" or -dogs') AS web, to_tsquery('english', 'jumping & foxes') AS to;
SELECT to_tsvector('english', 'fat cats ate rats') @@ to_tsquery('cat & rat') AS match, 'a b' @@ 'c' AS none;
SELECT ts_headline('english', 'The most common type of search is to find all documents', to_tsquery('english', 'search & document'), 'StartSel=<, StopSel=>') AS headline;
SELECT setweight('a:1 b:2'::tsvector, 'B') AS weighted, strip('a:1 b:2') AS stripped, length('a b c'::tsvector) AS n, 'a:1'::tsvector || 'b:1'::tsvector AS joined, ts_delete('a:1 b:2', 'a') AS deleted;
SELECT round(ts_rank('cat:1A dog:5', 'cat')::numeric, 4) AS rank, numnode('a & b | c') AS nodes, querytree('a & !b') AS tree;
SELECT * FROM ts_debug('simple', 'post-gres 8.3 me@example.org') LIMIT 6;
SELECT * FROM unnest('cat:3 dog:1A,5'::tsvector);
SELECT 'a &'::tsquery;

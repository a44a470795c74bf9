SELECT to_tsvector('english', 'The quick brown foxes jumped over the lazy dogs');
SELECT to_tsquery('english', 'fox & (dog | cat) & !bird'), plainto_tsquery('english', 'lazy dogs'), phraseto_tsquery('english', 'quick brown'), websearch_to_tsquery('english', '"brown fox" -cat');
SELECT ts_headline('english', 'The quick brown foxes', to_tsquery('english', 'fox')), setweight('a:1 b:2'::tsvector, 'A'), to_tsvector('simple', 'x y') @@ 'x & y'::tsquery AS found;

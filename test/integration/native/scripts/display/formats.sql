-- Formats by name, by prefix, and names that are none.
\set ON_ERROR_STOP off
\pset format
\pset format una
SELECT * FROM (VALUES (1, 'one', 1.5), (22, NULL, NULL), (333, E'two\nlines', -10)) AS v(n, text, price);
\pset format a
\pset format al
SELECT * FROM (VALUES (1, 'one', 1.5), (22, NULL, NULL), (333, E'two\nlines', -10)) AS v(n, text, price);
\pset format wrapped
SELECT 1 AS n;
\pset format aligned
\pset format CSV
SELECT * FROM (VALUES (1, 'one', 1.5), (22, NULL, NULL), (333, E'two\nlines', -10)) AS v(n, text, price);
\pset format nonsense
\pset format u
\pset format
\a
\a
\pset format csv
\a
SELECT * FROM (VALUES (1, 'one', 1.5), (22, NULL, NULL), (333, E'two\nlines', -10)) AS v(n, text, price);

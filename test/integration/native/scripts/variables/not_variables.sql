\set x 7
SELECT ':x' AS in_quotes, $$:x$$ AS in_dollars, ":x" FROM (SELECT 1 AS ":x") AS s;
SELECT '12'::int AS cast, (ARRAY[1, 2, 3])[1:2] AS slice, (ARRAY[1, 2, 3])[1 : :x] AS with_variable; -- :x in a comment
/* :x in another */ SELECT :x AS plain, 1 AS a;
SELECT to_char(timestamp '2026-11-23 10:20', 'HH24:MI') AS time;
DO $body$ BEGIN RAISE NOTICE ':x'; END $body$;

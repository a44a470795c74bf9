SELECT 'plain', 'with ''quotes''', '', NULL::text, ' leading and trailing ';
SELECT 'abc'::char(6) AS padded, 'abc'::char(6) || '|' AS cut, 'abcdef'::varchar(3) AS limited, 'x'::"char" AS single;
SELECT length('größe'), octet_length('größe'), upper('größe'), reverse('abc'), lpad('7', 3, '0'), repeat('ab', 3);
SELECT 'a' < 'B' COLLATE "C" AS bytes, 'tab	here' AS tab, E'back\\slash' AS backslash, '%_' AS wild;
SELECT string_agg(x, ', ' ORDER BY x) FROM unnest(ARRAY['c', 'a', 'b']) AS x;

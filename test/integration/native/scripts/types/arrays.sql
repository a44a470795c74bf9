SELECT ARRAY[1, 2, 3], ARRAY['a', 'b c', '', NULL, '"q"', 'back\slash', 'com,ma', '{}'], '{}'::int[], ARRAY[]::text[];
SELECT '{{1,2},{3,4}}'::int[], '[2:3]={7,8}'::int[], ARRAY[ARRAY['x'], ARRAY['y']], ARRAY[NULL, 1];
SELECT a[1], a[2:3], a[:2], array_length(a, 1), a || 4, 0 || a, a || ARRAY[5, 6], cardinality(a) FROM (SELECT ARRAY[1, 2, 3] AS a) AS s;
SELECT 2 = ANY (ARRAY[1, 2]), 3 <> ALL (ARRAY[1, 2]), ARRAY[1, 2] @> ARRAY[2], ARRAY[1, 2] && ARRAY[3];
SELECT unnest(ARRAY['a', 'b']) AS item, generate_subscripts(ARRAY['a', 'b'], 1) AS place;

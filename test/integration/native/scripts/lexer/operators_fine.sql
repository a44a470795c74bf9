SELECT @ -5 AS absolute, 2 ^ 3 AS power, |/ 16 AS root, 7 % 4 AS rest, 'a' || 'b' AS joined, NOT 'x' ~* 'X' AS matched;
SELECT 1 <> 2 AS a, 1 != 2 AS b, 2 >= 1 AS c, ARRAY[1] || 2 AS d, '{"a":1}'::jsonb @> '{}' AS e, '{"a":1}'::jsonb ->> 'a' AS f;
SELECT 3*-1 AS g, 3 - - 1 AS h, +1 AS i, 1::text||'x' AS j;
CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq);
SELECT 1 === 1 AS k;

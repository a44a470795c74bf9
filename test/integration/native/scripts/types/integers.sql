SELECT 0::smallint, 32767::smallint, (-32768)::smallint;
SELECT 2147483647 AS most, -2147483648 AS least, 9223372036854775807 AS big;
SELECT 7 / 2 AS quotient, -7 / 2 AS toward_zero, 7 % 3 AS rest, -7 % 3 AS negative_rest;
SELECT 1 << 4 AS shifted, 5 & 6 AS conjunction, 5 | 6 AS disjunction, 5 # 6 AS exclusive, ~5 AS complement;
SELECT x, x::text AS text FROM (VALUES (1), (-20), (300)) AS v (x) ORDER BY x;

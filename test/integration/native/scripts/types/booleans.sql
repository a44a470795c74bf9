SELECT true, false, NULL::boolean, NOT true AS negated, true AND NULL AS unknown, 'yes'::boolean, '0'::boolean;
SELECT 1 = 1 AS equal, NULL = NULL AS null_equal, NULL IS NOT DISTINCT FROM NULL AS same, bool_and(x), bool_or(x), every(x)
FROM (VALUES (true), (false)) AS v (x);

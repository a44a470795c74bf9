SELECT 1, 2, 'x', now() IS NOT NULL, count(*), true AND false, (SELECT 3), CASE WHEN true THEN 1 END;
SELECT 1 AS a, 2 AS a, 3 AS "A", 4 AS "", 5 AS " " ;
SELECT 1 AS a_very_long_name_for_a_column_that_is_longer_than_sixty_three_bytes_and_cut;
SELECT x.* FROM (SELECT 1 AS a, 'b' AS b) AS x;

SELECT 1 AS before;
SELECT 'never ends;
SELECT 2;

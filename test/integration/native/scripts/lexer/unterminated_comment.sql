SELECT 1 AS before;
/* never ends
SELECT 2;

SELECT 5 !~~ 3 AS x;

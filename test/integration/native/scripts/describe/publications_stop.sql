\dRp+ nothing
SELECT 'never';

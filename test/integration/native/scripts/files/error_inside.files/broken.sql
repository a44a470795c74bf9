SELECT 'fine';

SELECT nope;
SELECT 'never either';

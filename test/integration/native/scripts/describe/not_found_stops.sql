\d nowhere
SELECT 'never';

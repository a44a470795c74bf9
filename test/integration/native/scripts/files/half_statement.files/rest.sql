SELECT 'separate' AS statement;

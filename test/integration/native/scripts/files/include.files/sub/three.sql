SELECT 'three' AS file;

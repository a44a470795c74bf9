CREATE TYPE address AS (street text, number int, tags text[]);
CREATE TABLE person (id int PRIMARY KEY, home address, other address[]);
INSERT INTO person VALUES (1, ROW('Main, St', 5, '{a,b}'), ARRAY[ROW('x', 1, NULL)::address]), (2, ROW('"quoted"', NULL, '{}'), NULL), (3, NULL, '{}');
SELECT * FROM person ORDER BY id;
SELECT id, (home).street, (home).tags[1], home IS NULL AS is_null FROM person ORDER BY id;
SELECT ROW(1, 'a b', NULL, '', 'c"d'), ROW(), ROW(NULL), (1, ROW(2, 3));
SELECT p FROM person AS p WHERE id = 1;

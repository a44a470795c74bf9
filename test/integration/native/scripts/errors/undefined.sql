\set ON_ERROR_STOP off
CREATE TABLE person (id int, name text);
SELECT nam FROM person;
SELECT persn.id FROM person;
SELECT * FROM persons;
SELECT lenght('x');
SELECT length(1);
SELECT 'a' + 1;
SELECT 1 + 'a';
SELECT nope.f(1);
SELECT * FROM person AS p WHERE person.id = 1;
SELECT id, count(*) FROM person;
SELECT CAST('x' AS nonsense);

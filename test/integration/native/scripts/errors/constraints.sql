\set ON_ERROR_STOP off
CREATE TABLE parent (id int PRIMARY KEY);
CREATE TABLE child (id int PRIMARY KEY, parent int NOT NULL REFERENCES parent, n int CHECK (n > 0), name text UNIQUE);
INSERT INTO parent VALUES (1);
INSERT INTO child VALUES (1, 1, 1, 'a');
INSERT INTO child VALUES (1, 1, 1, 'b');
INSERT INTO child VALUES (2, 9, 1, 'b');
INSERT INTO child VALUES (2, NULL, 1, 'b');
INSERT INTO child VALUES (2, 1, 0, 'b');
INSERT INTO child VALUES (2, 1, 1, 'a');
DELETE FROM parent;
DROP TABLE parent;
INSERT INTO child (id, nope) VALUES (1, 2);
INSERT INTO child VALUES (1, 2, 3, 'x', 5);

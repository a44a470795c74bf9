CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE DOMAIN code AS text NOT NULL DEFAULT 'none' CONSTRAINT short CHECK (length(VALUE) <= 4);
CREATE TABLE t (a positive, b code, c positive[]);
INSERT INTO t VALUES (5, 'abcd', '{1,2}');
INSERT INTO t (a) VALUES (7);
SELECT a, b, c, a + 1 AS next FROM t ORDER BY a;
SELECT 3::positive AS number_leans_right, 'x'::code AS text_leans_left;
INSERT INTO t VALUES (-1, 'x');

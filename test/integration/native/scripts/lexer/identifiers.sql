CREATE TABLE "semi;colon" ("a""b" int, "c;d" text, "--e" int, "/*f*/" int, "$$" int);
INSERT INTO "semi;colon" VALUES (1, 'x', 2, 3, 4);
SELECT * FROM "semi;colon";
SELECT 1 AS a$b, 2 AS _c, 3 AS "Größe", 4 AS größe;
DROP TABLE "semi;colon";

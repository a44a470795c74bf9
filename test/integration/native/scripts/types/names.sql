SELECT 'a_name'::name, current_schema(), 'x'::name || 'y' AS joined;
CREATE TABLE "Mixed Case" ("Ünïcode" int, "with ""quotes""" text, "select" int, "percent%" int, " spaced " int);
INSERT INTO "Mixed Case" VALUES (1, 'x', 2, 3, 4);
SELECT * FROM "Mixed Case";
SELECT quote_ident('a b'), quote_ident('ab'), quote_literal('it''s \ x'), quote_nullable(NULL), format('%I is %L at %s%%', 'A', 'b''c', 7);

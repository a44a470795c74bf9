\set ON_ERROR_STOP off
\dA
\dA+
\dA b*
\dA+ heap
\dA nothing
\dA a.b
\dA btree extra
\dAc
\dAc+
\dAc btree
\dAc+ btree int*
\dAc * integer
\dAc hash pg_catalog.int4
\dAc btree nothing
\dAc a.b
\dAc btree a.b.c
\dAc btree int4 extra
\dAf
\dAf+
\dAf brin
\dAf+ btree int4
\dAf * pg_catalog.te*
\dAf gin nothing
\dAo
\dAo+
\dAo btree
\dAo+ gist point_ops
\dAo btree pg_catalog.integer_ops
\dAo * nothing
\dAp
\dAp+
\dAp hash
\dAp+ btree integer_ops
\dAp gin pg_catalog.a*
\dAp * no.thing
CREATE SCHEMA far;
CREATE ACCESS METHOD describe_am TYPE TABLE HANDLER heap_tableam_handler;
COMMENT ON ACCESS METHOD describe_am IS 'another heap';
CREATE OPERATOR FAMILY far."Fam" USING btree;
CREATE OPERATOR CLASS far."Cls" FOR TYPE int4 USING btree FAMILY far."Fam" AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(int4, int4);
\dA+ describe*
\dAc+ btree int4
\dAf+ btree int4
\dAo+ btree far.*
\dAo btree "Fam"
\dAp+ btree far.*
\dAp btree "Fam"

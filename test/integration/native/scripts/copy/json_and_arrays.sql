CREATE TABLE t (j jsonb, a text[], b bytea, r int4range);
COPY t FROM stdin;
{"a": "x\\ny", "b": [1, null]}	{a,"b c",NULL}	\\xdeadbeef	[1,5)
\N	{}	\\x	empty
\.
SELECT * FROM t;
COPY t TO stdout;
COPY t TO stdout (FORMAT csv);

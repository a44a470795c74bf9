\set ON_ERROR_STOP off
\dRp
\dRp+
\dRs
\dRs+
CREATE SCHEMA s1;
CREATE SCHEMA "S 2";
CREATE TABLE s1.t1 (a int PRIMARY KEY, "b b" text, c int);
CREATE TABLE t2 (a int);
CREATE PUBLICATION rows FOR TABLE s1.t1 ("b b", a) WHERE (a > 3), t2;
CREATE PUBLICATION everything FOR ALL TABLES WITH (publish = 'insert, truncate', publish_via_partition_root);
CREATE PUBLICATION schemas FOR TABLES IN SCHEMA s1, "S 2";
CREATE PUBLICATION mixed FOR TABLE t2, TABLES IN SCHEMA s1;
CREATE PUBLICATION "Odd ""one";
\dRp
\dRp+
\dRp s*
\dRp+ mixed
\dRp+ "Odd*"
\dRp+ "Odd ""one"
\dRp nothing
\dRp+ nothing
\dRp a.b
\dRp+ a.b
\dRx
CREATE SUBSCRIPTION sub CONNECTION 'host=nowhere' PUBLICATION one, two WITH (connect = false);
CREATE SUBSCRIPTION "Other" CONNECTION 'host=nowhere' PUBLICATION one
    WITH (connect = false, binary, streaming, disable_on_error, synchronous_commit = local);
\dRs
\dRs+
\dRs s*
\dRs+ "Other"
\dRs nothing
\dRs a.b
\x
\dRp+ mixed
\dRs+
\t
\dRp+ mixed
\dRp+ everything
\pset tuples_only off
\x
\d s1.t1
\d+ t2

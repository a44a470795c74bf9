CREATE ROLE describe_policies_role;
CREATE TABLE t (id int, who text);
CREATE POLICY everybody ON t;
CREATE POLICY narrow ON t AS RESTRICTIVE FOR SELECT TO describe_policies_role USING (id > 1);
CREATE POLICY write ON t FOR INSERT WITH CHECK (who = current_user);
\d t
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
\d t
ALTER TABLE t FORCE ROW LEVEL SECURITY;
\d t
CREATE TABLE u (n int);
ALTER TABLE u ENABLE ROW LEVEL SECURITY;
\d u
GRANT SELECT ON t TO describe_policies_role;
GRANT UPDATE (who) ON t TO PUBLIC;
\dp
\z t
\dp nothing
DROP OWNED BY describe_policies_role;
DROP ROLE describe_policies_role;

CREATE ROLE describe_roles_a NOLOGIN CREATEDB;
CREATE ROLE describe_roles_b LOGIN CONNECTION LIMIT 3 VALID UNTIL '2030-01-01 00:00+00' NOINHERIT;
CREATE ROLE describe_roles_c LOGIN CONNECTION LIMIT 0 CREATEROLE REPLICATION BYPASSRLS;
GRANT describe_roles_a TO describe_roles_b;
COMMENT ON ROLE describe_roles_a IS 'a group';
SET TimeZone = 'UTC';
\du describe_*
\du+ describe_*
\dg describe_roles_a
\du nobody_of_this_name
\db
DROP ROLE describe_roles_b, describe_roles_c, describe_roles_a;

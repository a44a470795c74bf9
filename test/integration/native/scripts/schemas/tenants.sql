CREATE ROLE schemas_tenants_app;
CREATE TABLE account (id int PRIMARY KEY, tenant text NOT NULL, balance numeric NOT NULL);
ALTER TABLE account ENABLE ROW LEVEL SECURITY;
ALTER TABLE account FORCE ROW LEVEL SECURITY;
CREATE POLICY of_tenant ON account USING (tenant = current_setting('app.tenant', true)) WITH CHECK (tenant = current_setting('app.tenant', true));
CREATE POLICY readers ON account FOR SELECT TO schemas_tenants_app USING (balance < 100);
GRANT ALL ON account TO schemas_tenants_app;
INSERT INTO account VALUES (1, 'a', 10), (2, 'b', 20), (3, 'a', 500);
SET ROLE schemas_tenants_app;
SELECT * FROM account ORDER BY id;
SET app.tenant = 'a';
SELECT * FROM account ORDER BY id;
INSERT INTO account VALUES (4, 'a', 1);
\set ON_ERROR_STOP off
INSERT INTO account VALUES (5, 'b', 1);
RESET ROLE;
DROP OWNED BY schemas_tenants_app;
DROP ROLE schemas_tenants_app;

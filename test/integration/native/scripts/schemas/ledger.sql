CREATE TABLE account (code text PRIMARY KEY, kind text NOT NULL CHECK (kind IN ('asset', 'income', 'expense')));
CREATE TABLE entry (id int PRIMARY KEY, day date NOT NULL, note text);
CREATE TABLE line (entry int REFERENCES entry DEFERRABLE INITIALLY DEFERRED, account text REFERENCES account, amount numeric(12, 2) NOT NULL);
CREATE FUNCTION balanced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT sum(amount) FROM line WHERE entry = NEW.entry) <> 0 THEN
    RAISE EXCEPTION 'entry % is not balanced', NEW.entry USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER must_balance AFTER INSERT OR UPDATE ON line DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION balanced();
INSERT INTO account VALUES ('cash', 'asset'), ('sales', 'income'), ('rent', 'expense');
BEGIN;
INSERT INTO line VALUES (1, 'cash', 100), (1, 'sales', -100);
INSERT INTO entry VALUES (1, '2026-01-05', 'sale');
COMMIT;
SELECT account, sum(amount) OVER (ORDER BY account) AS running FROM line ORDER BY account;
BEGIN;
INSERT INTO entry VALUES (2, '2026-01-06', 'wrong');
INSERT INTO line VALUES (2, 'cash', 50);
COMMIT;

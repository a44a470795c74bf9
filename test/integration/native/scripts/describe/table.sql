CREATE TABLE parent (id int PRIMARY KEY);
CREATE TABLE t (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  parent int REFERENCES parent ON DELETE CASCADE,
  name text COLLATE "C" NOT NULL DEFAULT 'none',
  price numeric(10,2) CHECK (price > 0),
  total numeric GENERATED ALWAYS AS (price * 2) STORED,
  tags text[] DEFAULT '{}',
  at timestamptz DEFAULT now(),
  CONSTRAINT named UNIQUE (name, price) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE child (t int REFERENCES t);
CREATE INDEX ON t (lower(name));
CREATE UNIQUE INDEX partial ON t (price DESC NULLS LAST) INCLUDE (at) WHERE price > 10;
CREATE INDEX gin_tags ON t USING gin (tags);
ALTER TABLE t CLUSTER ON partial;
ALTER TABLE t ALTER COLUMN name SET STATISTICS 500, ALTER COLUMN name SET STORAGE EXTERNAL;
ALTER TABLE t SET (fillfactor = 70, autovacuum_enabled = false);
COMMENT ON COLUMN t.name IS 'what it is called';
\d t
\d+ t
\d child
\d parent
\d t_pkey
\d+ partial
\d t_id_seq
\d+ gin_tags
\d named
\x
\d child
\x
\t
\d child
\t
\a
\d t
\pset format csv
\d child
\pset format aligned
\pset border 2
\d child
\pset null NULL
\d parent

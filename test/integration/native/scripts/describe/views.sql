CREATE TABLE base (id int, name text);
CREATE VIEW v AS SELECT id, upper(name) AS name FROM base WHERE id > 1;
CREATE VIEW barrier WITH (security_barrier = true) AS SELECT 1 AS one;
CREATE MATERIALIZED VIEW m AS SELECT id FROM base;
CREATE INDEX ON m (id);
COMMENT ON VIEW v IS 'a view';
\d v
\d+ v
\d+ barrier
\d m
\d+ m
CREATE RULE keep AS ON INSERT TO v DO INSTEAD NOTHING;
\d v
\d+ v

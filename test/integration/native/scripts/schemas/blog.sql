CREATE SCHEMA blog;
SET search_path = blog;
CREATE TABLE author (id serial PRIMARY KEY, name text UNIQUE NOT NULL);
CREATE TABLE post (
  id serial PRIMARY KEY, author int REFERENCES author, slug text UNIQUE, body text, tags text[] NOT NULL DEFAULT '{}',
  published timestamptz, search tsvector GENERATED ALWAYS AS (to_tsvector('english', coalesce(body, ''))) STORED
);
CREATE INDEX post_search ON post USING gin (search);
CREATE INDEX post_tags ON post USING gin (tags);
CREATE TABLE comment (id serial PRIMARY KEY, post int REFERENCES post ON DELETE CASCADE, parent int REFERENCES comment, body text);
INSERT INTO author (name) VALUES ('Ada'), ('Grace');
INSERT INTO post (author, slug, body, tags) VALUES
  (1, 'engines', 'Engines compute numbers', '{math,engines}'), (2, 'compilers', 'Compilers are computing machines', '{code}');
INSERT INTO comment (post, parent, body) VALUES (1, NULL, 'first'), (1, 1, 'reply'), (1, 2, 'deeper'), (2, NULL, 'other');
SELECT slug FROM post WHERE search @@ to_tsquery('english', 'compute') ORDER BY slug;
WITH RECURSIVE thread AS (
  SELECT id, body, 0 AS depth FROM comment WHERE parent IS NULL AND post = 1
  UNION ALL SELECT c.id, c.body, depth + 1 FROM comment c JOIN thread t ON c.parent = t.id
) SELECT repeat('  ', depth) || body AS thread FROM thread ORDER BY id;
SELECT tag, count(*) FROM post, unnest(tags) AS tag GROUP BY tag ORDER BY tag;
COMMENT ON TABLE post IS 'What people read';
COMMENT ON COLUMN post.slug IS 'Part of the address; unique';

CREATE EXTENSION btree_gist;
CREATE TABLE room (id int PRIMARY KEY, name text);
CREATE TABLE booking (
  room int REFERENCES room, during tsrange NOT NULL, who text,
  CONSTRAINT no_overlap EXCLUDE USING gist (room WITH =, during WITH &&)
);
INSERT INTO room VALUES (1, 'blue'), (2, 'red');
INSERT INTO booking VALUES (1, '[2026-01-01 10:00,2026-01-01 11:00)', 'ann'), (1, '[2026-01-01 11:00,2026-01-01 12:00)', 'bob'), (2, '[2026-01-01 10:30,2026-01-01 11:30)', 'eve');
SELECT r.name, b.who, lower(b.during) AS starts, upper(b.during) - lower(b.during) AS length FROM booking b JOIN room r ON r.id = b.room ORDER BY 1, 3;
SELECT generate_series(date '2026-01-30', date '2026-02-02', interval '1 day')::date AS day;
INSERT INTO booking VALUES (1, '[2026-01-01 10:59,2026-01-01 11:01)', 'mallory');

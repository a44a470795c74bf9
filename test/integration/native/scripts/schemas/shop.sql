CREATE TABLE customer (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  email text NOT NULL UNIQUE CHECK (email LIKE '%@%'),
  name text NOT NULL,
  since date NOT NULL DEFAULT date '2026-01-01'
);
CREATE TABLE product (
  sku text PRIMARY KEY,
  title text NOT NULL,
  price numeric(10, 2) NOT NULL CHECK (price >= 0),
  stock int NOT NULL DEFAULT 0
);
CREATE TYPE order_state AS ENUM ('new', 'paid', 'sent');
CREATE TABLE purchase (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer int NOT NULL REFERENCES customer ON DELETE CASCADE,
  state order_state NOT NULL DEFAULT 'new'
);
CREATE TABLE item (
  purchase int NOT NULL REFERENCES purchase ON DELETE CASCADE,
  sku text NOT NULL REFERENCES product,
  quantity int NOT NULL CHECK (quantity > 0),
  PRIMARY KEY (purchase, sku)
);
CREATE INDEX ON purchase (customer) WHERE state <> 'sent';
CREATE VIEW total AS
  SELECT p.id, c.name, sum(i.quantity * pr.price) AS amount
  FROM purchase p JOIN customer c ON c.id = p.customer JOIN item i ON i.purchase = p.id JOIN product pr USING (sku)
  GROUP BY p.id, c.name;
INSERT INTO customer (email, name) VALUES ('ann@example.org', 'Ann'), ('bob@example.org', 'Bob');
COPY product FROM stdin;
tea	Green tea	4.50	100
cup	Cup, blue	7.00	20
\.
INSERT INTO purchase (customer) VALUES (1), (2), (1);
INSERT INTO item VALUES (1, 'tea', 2), (1, 'cup', 1), (2, 'cup', 4), (3, 'tea', 10);
UPDATE purchase SET state = 'paid' WHERE id = 1;
SELECT * FROM total ORDER BY id;
SELECT state, count(*) FROM purchase GROUP BY state ORDER BY state;
DELETE FROM customer WHERE name = 'Bob';
SELECT * FROM item ORDER BY purchase, sku;

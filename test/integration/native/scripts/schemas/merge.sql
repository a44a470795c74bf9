CREATE TABLE stock (sku text PRIMARY KEY, n int NOT NULL);
CREATE TABLE delivery (sku text, n int);
INSERT INTO stock VALUES ('a', 1), ('b', 2), ('c', 3);
INSERT INTO delivery VALUES ('a', 10), ('d', 4), ('c', -3);
MERGE INTO stock s USING delivery d ON s.sku = d.sku
  WHEN MATCHED AND s.n + d.n = 0 THEN DELETE
  WHEN MATCHED THEN UPDATE SET n = s.n + d.n
  WHEN NOT MATCHED THEN INSERT VALUES (d.sku, d.n);
SELECT * FROM stock ORDER BY sku;
MERGE INTO stock s USING (VALUES ('a'), ('a')) AS d (sku) ON s.sku = d.sku WHEN MATCHED THEN UPDATE SET n = 0;

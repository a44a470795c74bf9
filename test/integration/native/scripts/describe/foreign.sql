CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (host 'x');
CREATE FOREIGN TABLE f (a int OPTIONS (col 'y') NOT NULL, b text) SERVER s OPTIONS (tab 'z', "odd name" 'it''s');
CREATE FOREIGN TABLE plain (a int) SERVER s;
\d f
\d+ f
\d plain
\dE

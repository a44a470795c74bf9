CREATE TABLE a (id int);
CREATE TABLE b (n int);
CREATE TABLE c (x text) INHERITS (a, b);
CREATE TABLE d () INHERITS (a);
CREATE TYPE kind AS (one int, two text COLLATE "C");
CREATE TABLE typed OF kind (PRIMARY KEY (one));
\d a
\d+ a
\d c
\d+ d
\d kind
\d+ kind
\d typed

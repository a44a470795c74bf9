-- \copy to files and from them, with lists of columns and options.
CREATE TABLE t (id int, v text, n numeric);
\copy t from 'given.csv' with (format csv, header)
\copy t to 'all.txt'
\copy t (v, id) to 'part.csv' with (format csv, header true, force_quote (v))
\copy (select id, upper(v) as v from t where id > 1 order by id) to 'query.txt' with delimiter '|'
CREATE TABLE u (LIKE t);
\copy u from 'all.txt'
\copy u (v, id) from 'part.csv' csv header
\copy u (id, v) from 'query.txt' with (delimiter '|')
\copy u from given.txt delimiter as ',' null as 'none'
SELECT * FROM u ORDER BY id, n NULLS FIRST, v;
\COPY t TO STDOUT
\copy public.t to stdout (format csv)
\copy "t" ( "id" ) to pstdout
\copy (select ')' as "a)b", '(' as "q(") to stdout csv header
\copy t to 'with space and ''quote''.txt'
\copy t from 'with space and ''quote''.txt'
\copy t from 'given.csv' with (format csv, header) where id = 1
SELECT count(*) FROM t;
\copy t from 'bad.csv' with (format csv)

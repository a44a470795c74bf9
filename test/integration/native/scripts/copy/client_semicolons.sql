CREATE TABLE t (a int, b text);
\copy t from stdin;
1	one
\.
\copy t to stdout;
\copy (SELECT b FROM t) to pstdout;
\copy t to stdout csv ;
\copy t to 'out.txt';
\copy t from out.txt;
\copy t (a) to stdout ;
TABLE t;

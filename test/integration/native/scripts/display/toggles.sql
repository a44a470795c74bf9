\a
\a
\t
\t
\x
\x
\a \t \x
SELECT 1 AS a;
\a \t \x
SELECT 1 AS a;
\timing off
\C one \x
\x \C

\set ECHO all
select 1

 as a;


select 'a


b';
select 2 /* x

*/;

\echo hi
-- c

\if false

 select '

3';
\endif
create temp table q(a text);
copy q from stdin;
x

y
\.

select 4 as x \g

select $$

$$ as y;
select "

" from (select 1 as "

") as z;
select 5



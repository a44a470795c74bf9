-- a line; with semicolon
SELECT 1 AS a; -- after; it
/* block; comment */ SELECT 2 AS b;
/* nested /* inner; */ still; */ SELECT 3 AS c;
SELECT /* inside ; */ 4 AS d -- to the end ;
;
SELECT 5 --no space
AS e;
SELECT 6 - -1 AS f, 7--8
AS g;
/* several
lines;
*/
SELECT 'not -- a comment' AS h, 'nor /* this */' AS i;
-- last

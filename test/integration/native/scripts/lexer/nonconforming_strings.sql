-- Without standard_conforming_strings a backslash escapes in every string.
SHOW standard_conforming_strings;
SELECT 'back\slash' AS kept, 'end\' AS last;
SET standard_conforming_strings = off;
SET escape_string_warning = off;
SELECT 'it\'s; here' AS escaped, 'tab\tx' AS tab, E'e\'x' AS e, 'end\\' AS last;
SELECT 'a\'; SELECT b' AS one_statement;
SET escape_string_warning = on;
SELECT 'warn\\ed' AS w;
SELECT 'quote\'' AS q;
SELECT "ident\" FROM (SELECT 1 AS "ident\") AS s;
RESET standard_conforming_strings;
SELECT 'end\' AS last; SELECT 'again\' AS again;

SELECT 'it''s; fine', E'escaped \' quote; \\', 'back\', 'slash';
SELECT U&'d\0061t\+000061; x', U&'d!0061t!+000061' UESCAPE '!', U&"d\0061t\+000061" FROM (SELECT 1 AS data) AS s;
SELECT 'first'
  ' second; '
  'third' AS continued;
SELECT B'1010' AS bits, X'1FF' AS hex, N'national' AS n, e'lower\tcase' AS e;
SELECT 'line one
line; two' AS lines;
SELECT '' AS empty, '''' AS quote, ';' AS semicolon, ';;' AS two;

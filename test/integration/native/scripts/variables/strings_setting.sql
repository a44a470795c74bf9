SET standard_conforming_strings = off;
SET escape_string_warning = off;
\set v 'a\\b'
SELECT 'a\'b;c' AS escaped, :'v' AS variable;
SET standard_conforming_strings = on;
SELECT 'a\' AS plain, 'b;c' AS next;

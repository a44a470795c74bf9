SELECT xml '<a b="1">text</a>', xmlelement(name item, xmlattributes(1 AS id), 'two & three'), xmlforest(1 AS a, 'x' AS b);
SELECT xpath('/a/b/text()', '<a><b>1</b><b>2</b></a>'), xmlagg(x) FROM (VALUES (xml '<p/>'), (xml '<q/>')) AS v (x);
SELECT * FROM xmltable('/r/i' PASSING '<r><i id="1">one</i><i id="2">two</i></r>' COLUMNS id int PATH '@id', name text PATH '.');

SELECT '{"b": 1, "a": [1, 2,  {"c": null}]}'::json, '{"b": 1, "a": [1, 2,  {"c": null}]}'::jsonb;
SELECT '"text"'::jsonb, '1.500'::jsonb, 'null'::jsonb, 'true'::json, '"\u00e9 \n"'::jsonb;
SELECT j -> 'a', j ->> 'a', j #> '{b,0}', j #>> '{b,1}', j ? 'a', j @> '{"a": "x"}' FROM (SELECT '{"a": "x", "b": [1, "two"]}'::jsonb AS j) AS s;
SELECT jsonb_pretty('{"a": {"b": [1, 2]}, "c": "d"}');
SELECT * FROM jsonb_each('{"a": 1, "b": {"c": 2}}');
SELECT * FROM jsonb_to_recordset('[{"a": 1, "b": "x"}, {"a": 2}]') AS t (a int, b text);
SELECT json_build_object('n', 1, 'a', ARRAY[1, 2], 'd', date '2026-11-23'), to_json(ROW(1, 'x')), json_agg(x) FROM generate_series(1, 3) AS x;
SELECT jsonb_set('{"a": 1}', '{b}', '2'), '{"a": 1, "b": 2}'::jsonb - 'a', '[1, 2, 3]'::jsonb - 1, jsonb_strip_nulls('{"a": null}');

SELECT jsonb_path_query('{"a": [1, 2, 3, 4]}', '$.a[*] ? (@ > 2)') AS match;
SELECT jsonb_path_query_array('[{"n": "x", "v": 1}, {"n": "y", "v": 5}]', '$[*] ? (@.v >= $least).n', '{"least": 2}');
SELECT '$.a[*].b ? (@ == "x")'::jsonpath, jsonb_path_exists('{"a": 1}', 'strict $.b', silent => true), '[1, 2]'::jsonb @@ '$[*] > 1';

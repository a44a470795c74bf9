SELECT int4range(1, 5), int4range(1, 5, '[]'), '(,5)'::int8range, 'empty'::int4range, numrange(1.5, 2.5, '(]');
SELECT daterange('2026-01-01', '2026-02-01'), tsrange('2026-01-01 10:00', '2026-01-01 11:00'), tstzrange(NULL, NULL) IS NULL;
SELECT int4range(1, 5) * int4range(3, 8) AS both, int4range(1, 3) + int4range(3, 5) AS together, 3 <@ int4range(1, 5) AS inside, int4range(1, 3) -|- int4range(3, 4) AS adjacent;
SELECT '{[1,3),[5,8)}'::int4multirange, range_agg(int4range(x, x + 1)) FROM generate_series(1, 5, 2) AS x;
SELECT unnest('{[1,3),[5,8)}'::int4multirange), lower('[2,4)'::int4range), upper_inf('[2,)'::int4range);

SET extra_float_digits = 1;
SELECT 0.1::float4, 0.1::float8, 1e300::float8, 1e-300::float8, 'NaN'::float8, 'Infinity'::float4, '-0'::float8;
SELECT 1.0::float8 / 3 AS third, 100000000000000000000::float8 AS large, 123456.789::float4 AS rounded;
SET extra_float_digits = 0;
SELECT 0.1::float8 + 0.2::float8 AS sum, 1.0::float4 / 3 AS third;

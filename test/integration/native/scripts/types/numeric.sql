SELECT 1.10::numeric, 1e10::numeric, 1e-10::numeric, 'NaN'::numeric, 'Infinity'::numeric, '-Infinity'::numeric;
SELECT 123456789012345678901234567890.123456789 AS long, 0.5::numeric(10, 4) AS scaled, 1234567::numeric(9, -3) AS rounded;
SELECT 1 / 3.0 AS third, 2 ^ 0.5 AS root, 10 % 3.3 AS rest, round(2.5), round(-2.5), round(1234.567, -2), trunc(1.999, 2);
SELECT factorial(25), gcd(84, 36), lcm(4, 6), scale(1.500), min_scale(1.500), trim_scale(1.500);

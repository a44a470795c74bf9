SELECT to_char(1234567.891, 'FM9,999,999.00'), to_char(-5, '999PR'), to_char(485, 'RN'), to_number('1,234.5', '9,999.9');
SELECT to_date('23 Nov 2026', 'DD Mon YYYY'), to_timestamp('2026-11-23 10:11', 'YYYY-MM-DD HH24:MI')::timestamp, to_char(date '2026-11-23', 'Day, DDth FMMonth YYYY, "week" IW');
SELECT '12'::int + 1, 12::text || 'x', 1.7::int, 2.5::int, 3.5::int, true::int, 1::boolean, 'a'::bytea, chr(233), ascii('é');

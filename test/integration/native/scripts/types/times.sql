SELECT time '00:00', time '24:00', time '12:34:56.789', timetz '12:34+05:30', time '11:00' + interval '2 hours';
SELECT interval '1 year 2 mons 3 days 04:05:06.7', interval '-1 day +02:03', interval '0', interval '1 week' * 3;
SET IntervalStyle = 'iso_8601';
SELECT interval '1 year 2 mons 3 days 04:05:06.7', interval '-1 day';
SET IntervalStyle = 'sql_standard';
SELECT interval '1 year 2 mons', interval '3 days 04:05:06.7', interval '-1 day +02:03';
SET IntervalStyle = 'postgres_verbose';
SELECT interval '1 year 2 mons 3 days 04:05:06.7', interval '-1 day';
SELECT justify_interval(interval '40 days 30 hours'), age(date '2026-11-23', date '2000-02-29'), extract(epoch FROM interval '1 day');

SET TimeZone = 'UTC';
SELECT timestamptz '2026-07-01 12:00+02' AT TIME ZONE 'America/New_York' AS local;
SELECT date_trunc('month', timestamp '2026-11-23 10:00'), date_bin('15 minutes', timestamp '2026-11-23 10:37', timestamp '2000-01-01');
SET TimeZone = 'Asia/Kolkata';
SELECT timestamptz '2026-07-01 12:00+00', to_char(timestamptz '2026-07-01 12:00+00', 'YYYY-MM-DD HH24:MI TZH:TZM');
SELECT make_timestamptz(2026, 1, 2, 3, 4, 5.5), make_date(2026, 2, 28), make_interval(days => 3, hours => 4);

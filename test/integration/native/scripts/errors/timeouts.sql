\set ON_ERROR_STOP off
SET statement_timeout = '50ms';
SELECT pg_sleep(5);
SET statement_timeout = 0;
SET lock_timeout = '50ms';
SET idle_in_transaction_session_timeout = 0;
SELECT 'alive';

\set ON_ERROR_STOP off
SET client_min_messages = debug1;
DO $$ BEGIN RAISE DEBUG 'debug'; RAISE LOG 'log'; RAISE INFO 'info %', 1; RAISE NOTICE 'notice'; RAISE WARNING 'warning'; END $$;
SET client_min_messages = notice;
DO $$ BEGIN RAISE DEBUG 'debug'; RAISE LOG 'log'; RAISE INFO 'info'; END $$;
DO $$ BEGIN RAISE NOTICE 'with all' USING DETAIL = 'the detail', HINT = 'the hint', ERRCODE = 'P0099'; END $$;
DO $$ BEGIN RAISE EXCEPTION 'mine' USING DETAIL = 'the detail', HINT = 'the hint', ERRCODE = 'P0042', TABLE = 't', COLUMN = 'c'; END $$;
DO $$ BEGIN RAISE EXCEPTION E'two\nlines' USING DETAIL = E'also\ntwo'; END $$;
DO $$ BEGIN RAISE unique_violation; END $$;
DO $$ BEGIN RAISE SQLSTATE '22012' USING MESSAGE = 'by hand'; END $$;
DO $$ BEGIN ASSERT 1 = 2, 'asserted'; END $$;
DO $$ BEGIN BEGIN RAISE EXCEPTION 'caught'; EXCEPTION WHEN OTHERS THEN RAISE NOTICE 'was % %', SQLERRM, SQLSTATE; RAISE; END; END $$;

SELECT nope;
DO $$ BEGIN RAISE NOTICE 'inside'; END $$;
SELECT 'inner';

\set ON_ERROR_STOP off
	SELECT	nope	AS	tabbed;
SELECT '日本語', 'é', nope;
SELECT 'ｗｉｄｅ' || nope, 1
  , other;

\echo outer begins
\i one.sql
SELECT :from_one AS variable;
\ir sub/two.sql
\include one.sql
\include_relative sub/two.sql
\echo outer ends

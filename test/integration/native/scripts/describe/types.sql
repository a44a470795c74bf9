CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE TYPE pair AS (a int, b text);
CREATE TYPE span AS RANGE (subtype = float8);
COMMENT ON TYPE mood IS 'how it goes';
\dT
\dT+
\dT mood
\dT int4
\dT integer
\dT nothing
\dx
CREATE EXTENSION hstore;
\dx
\dx hst*

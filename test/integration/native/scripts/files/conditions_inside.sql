\set on true
\if :on
\i part.sql
\else
\i nowhere.sql
\endif

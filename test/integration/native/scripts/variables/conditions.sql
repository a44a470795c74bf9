\set yes on
\set no 0
\if :yes
\echo first
\else
\echo second
\endif
\if :no
SELECT 'never';
\elif false
SELECT 'nor this';
\elif :yes
SELECT 'this one';
\elif true
SELECT 'not this';
\else
SELECT 'nor that';
\endif
\if false
\if true
\echo inner
\else
\echo other
\endif
\timing 'with arguments'
\echo :undefined
SELECT 'skipped'; SELECT 'skipped too';
\endif
\if :{?yes} \echo set \endif
\if :{?nothing} \echo set \else \echo unset \endif

-- Values that \pset refuses, one after another.
\set ON_ERROR_STOP off
\pset format sideways
\pset linestyle wavy
\pset expanded perhaps
\pset tuples_only perhaps
\pset footer perhaps
\pset numericlocale perhaps
\pset csv_fieldsep toolong
\pset unicode_border_linestyle wavy
\pset nonsense 1
\pset 'two words' 1
\pset border abc
\pset columns abc
\pset pager_min_lines abc
\pset null one two three
\pset null 'no end
\pset null "no end
SELECT NULL AS n;
\x nonsense
\t nonsense
\a nonsense
\f 'a' 'b'
\C 'a' 'b'
SELECT 1 AS n;
\unknowncommand
\Pset border
SELECT 'the end' AS last;

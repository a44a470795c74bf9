\pset border
\pset border 2
\pset columns 40
\pset columns 0
\pset csv_fieldsep
\pset expanded
\pset expanded auto
\pset fieldsep
\pset fieldsep_zero
\pset footer
\pset format
\pset format u
\pset format aligned
\pset linestyle
\pset linestyle u
\pset null
\pset null x
\pset pager off
\pset pager on
\pset recordsep
\pset recordsep_zero
\pset title
\pset title hello
\pset tuples_only
\pset x
\pset t off
\pset numericlocale off
\pset unicode_border_linestyle
\pset unicode_column_linestyle single

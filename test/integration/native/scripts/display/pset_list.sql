-- All settings, before and after some were changed.
\pset
\pset border 2
\pset format csv
\pset null '(null)'
\pset title 'A title'
\pset fieldsep '\t'
\pset recordsep_zero
\pset columns 70
\pset expanded auto
\pset footer off
\pset tableattr 'class="x"'
\pset

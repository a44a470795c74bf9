\echo plain   text  with   spaces
\echo 'quoted   text' "double   quoted"
\echo -n no newline
\echo
\echo '-n' quoted
\echo a'b'c"d"
\echo 'tab\tnewline\nbackslash\\' 'octal\101 hex\x42'
\qecho to the query output
\warn to stderr
\warn -n without newline
\warn
\echo 'it''s'
\echo a\echo b
\echo one \\ SELECT 1 AS after_separator;
\echo semicolon; and more;

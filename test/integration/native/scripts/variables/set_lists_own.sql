\set ON_ERROR_STOP off
\set 'bad name' 1
\set bad-name 1
\unset 'bad name'
\unset
\unset not_there
\set größe 5
SELECT :größe AS umlaut;
\set 1st first
SELECT :'1st' AS digit_first;

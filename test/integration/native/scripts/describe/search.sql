\set ON_ERROR_STOP off
\dF
\dF eng*
\dF pg_catalog.simple
\dF+ simple
\dF+ nothing
\dF+ a.b.c
\dFd
\dFd+
\dFd simple
\dFd+ no*thing
\dFp
\dFp+
\dFp def*
\dFp+ pg_catalog.default
\dFp+ nothing
\dFp nothing
\dFt
\dFt+
\dFt+ s*
\dFt nothing
\dFx
\dF a.b.c
CREATE SCHEMA far;
CREATE TEXT SEARCH DICTIONARY "Odd dict" (TEMPLATE = simple, STOPWORDS = english, ACCEPT = false);
COMMENT ON TEXT SEARCH DICTIONARY "Odd dict" IS 'odd';
CREATE TEXT SEARCH DICTIONARY far.plain (TEMPLATE = pg_catalog.simple);
CREATE TEXT SEARCH CONFIGURATION mine (COPY = english);
ALTER TEXT SEARCH CONFIGURATION mine ALTER MAPPING FOR word, asciiword
    WITH "Odd dict", far.plain, english_stem, simple, dutch_stem, german_stem;
CREATE TEXT SEARCH CONFIGURATION far.empty (PARSER = "default");
CREATE TEXT SEARCH PARSER far.copy (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype);
COMMENT ON TEXT SEARCH CONFIGURATION mine IS 'a configuration';
\dF
\dF mine
\dF+ mine
\dF+ far.*
\dF far.*
\dFd+ "Odd*"
\dFd+ "Odd"*
\dFd+ far.*
\dFp+ far.*
\dFp far.*
\x
\dF+ mine
\dFp+ far.*
\t
\dF+ mine

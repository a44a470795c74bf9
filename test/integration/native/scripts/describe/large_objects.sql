\dl
\lo_list
SELECT lo_create(4711), lo_create(4712);
COMMENT ON LARGE OBJECT 4711 IS 'a large object';
GRANT SELECT ON LARGE OBJECT 4712 TO PUBLIC;
\dl
\dl+
\dl pattern more
\lo_list
\lo_list+
\lo_list a b c
\t
\dl
\x
\dl+
\lo_unlinked

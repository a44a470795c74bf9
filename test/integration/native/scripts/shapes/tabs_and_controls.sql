SELECT E'a\tb' AS tab, E'\tleading' AS leading, E'wide\t\ttwice' AS twice;
SELECT E'carriage\rreturn' AS cr, E'bell\x07' AS bell, E'escape\x1b[1m' AS escape, E'del\x7f' AS del;
SELECT E'a\tb\nc\td' AS both, 1 AS n;

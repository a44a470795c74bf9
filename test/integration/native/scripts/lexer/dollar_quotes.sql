SELECT $$plain; with 'quotes' and "more"$$ AS a, $tag$with $$ inside; and $other$ too$tag$ AS b;
DO $$ BEGIN RAISE NOTICE 'semicolon; in notice'; END; $$;
CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $function$
DECLARE
  s text := $q$it's; $q$;
BEGIN
  EXECUTE $sql$ SELECT 'nested;' $sql$ INTO s;
  RETURN s;
END;
$function$;
SELECT f();
SELECT $größe$x;y$größe$ AS umlaut, $a1$z$a1$ AS digit, $_$u$_$ AS underscore;

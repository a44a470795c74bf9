SELECT lo_from_bytea(4242, '\x68656c6c6f') AS id;
SELECT lo_get(4242), convert_from(lo_get(4242, 1, 3), 'UTF8');
SELECT lo_put(4242, 5, '\x21');
SELECT convert_from(lo_get(4242), 'UTF8') AS text;
COMMENT ON LARGE OBJECT 4242 IS 'an object';
SELECT lo_unlink(4242);
SELECT lo_get(4242);

SELECT '\xdeadbeef'::bytea, ''::bytea, 'abc'::bytea, '\000\001\\'::bytea, length('\x0102'::bytea);
SET bytea_output = 'escape';
SELECT '\xdeadbeef'::bytea, 'abc'::bytea, '\x00275c'::bytea;
SELECT encode('\x010203', 'base64'), encode('\xff', 'hex'), encode('\xff41', 'escape'), decode('AQID', 'base64'), md5('x'), sha256('x');

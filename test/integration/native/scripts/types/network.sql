SELECT '192.168.1.5/24'::inet, '192.168.1.0/24'::cidr, '::1'::inet, '2001:db8::/32'::cidr, '08:00:2b:01:02:03'::macaddr, '08:00:2b:01:02:03:04:05'::macaddr8;
SELECT host('10.0.0.1/8'::inet), network('10.1.2.3/8'::inet), broadcast('10.1.2.3/8'::inet), '10.0.0.1'::inet << '10.0.0.0/8'::inet AS inside, '10.0.0.1'::inet + 5 AS later;

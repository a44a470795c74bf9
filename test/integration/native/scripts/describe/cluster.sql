\set ON_ERROR_STOP off
\drds nobody
\drds nobody nothing
\drds a.b
\drds a b.c
CREATE ROLE describe_cluster_a;
CREATE ROLE describe_cluster_b;
ALTER ROLE describe_cluster_a SET work_mem = '8MB';
ALTER ROLE describe_cluster_a SET search_path = a, b;
ALTER ROLE describe_cluster_a IN DATABASE case_cluster SET work_mem = '9MB';
ALTER ROLE describe_cluster_b IN DATABASE case_cluster SET lock_timeout = '1s';
\drds describe_cluster*
\drds describe_cluster_a
\drds describe_cluster* case_cluster
\drds describe_cluster_b case_c* extra
\drds describe_cluster_b template1
DROP ROLE describe_cluster_a, describe_cluster_b;
SET work_mem = '7MB';
SET my.setting = 'x';
\dconfig work_mem
\dconfig+ work_mem
\dconfig WORK_*
\dconfig "WORK_MEM"
\dconfig my.*
\dconfig+ enable_h*
\dconfig no.such.setting.at.all
\dconfig+ nothing
\dconfigx? block_size
\db a.b
\du a.b
\l a.b
\lS
\l+S
\z+

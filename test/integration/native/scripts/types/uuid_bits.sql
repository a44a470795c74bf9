SELECT 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'::uuid, '{a0eebc999c0b4ef8bb6d6bb9bd380a11}'::uuid;
SELECT B'101'::bit(3), B'10110'::varbit, X'1F', B'101' || B'01' AS joined, B'1100' & B'1010' AS conjunction, 5::bit(8), bit_count(B'1011');

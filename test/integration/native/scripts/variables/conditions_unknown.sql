\if false
\unknown_command 'with arguments
SELECT 1;
\endif

SELECT '日本語' AS "言語", 'x' AS narrow, '한국어' AS korean;
SELECT 'ｆｕｌｌ' AS full_width, '中' AS one, 'ab' AS two FROM generate_series(1, 2);
SELECT U&'e\0301' AS combining, 'é' AS composed, U&'\200B' AS zero_width;
\x
SELECT '日本' AS "鍵", 'wert' AS "ключ";

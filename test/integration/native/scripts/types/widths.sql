SELECT U&'a\200Bb' AS zero_width_space, U&'a\00ADb' AS soft_hyphen, U&'\FEFFa' AS mark, U&'a\200Fb' AS direction;
SELECT U&'\+01F469\200D\+01F469\200D\+01F467' AS family, U&'e\0301' AS acute, U&'\+01F600' AS smile;
SELECT U&'\0915\093F\093E' AS devanagari, U&'\1160\11A8' AS jamo, U&'\+01FAE8' AS newer;

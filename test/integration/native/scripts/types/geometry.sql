SELECT point '(1,2)', line '{1,2,3}', lseg '[(0,0),(1,1)]', box '((2,2),(0,0))', path '((0,0),(1,0),(1,1))', path '[(0,0),(1,0)]', polygon '((0,0),(1,0),(1,1))', circle '<(0,0),5>';
SELECT point '(0,0)' <-> point '(3,4)' AS distance, area(box '((0,0),(2,3))'), center(circle '<(1,1),2>'), box '((0,0),(2,2))' && box '((1,1),(3,3))' AS overlap;

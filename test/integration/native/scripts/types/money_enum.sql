SELECT 1234.5::money, (-0.99)::numeric::money, '12'::money / 5 AS share;
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy', 'with ''quote''');
SELECT 'ok'::mood, 'sad'::mood < 'happy'::mood AS ordered, enum_range(NULL::mood), enum_first(NULL::mood), ARRAY['ok', 'sad']::mood[];
ALTER TYPE mood ADD VALUE 'great' AFTER 'happy';
SELECT enum_last(NULL::mood);
SELECT 'angry'::mood;

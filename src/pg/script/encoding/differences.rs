//! How PostgreSQL 15 reads and writes other characters than the Web does, encoding by encoding.
//!
//! A test compares every character of every encoding with those of a server.

use std::ops::RangeInclusive;

/// What differs in an encoding. Sequences of bytes are written as numbers.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Differences {
    /// No byte of a sequence after its first is less.
    least_trail: u8,
    /// The first and the last of sequences that stand for nothing.
    lacks: &'static [(u32, u32)],
    /// Sequences that stand for characters, one after the other from the one that is named.
    reads: &'static [(u32, &'static str)],
    /// The same with characters of private use.
    private: &'static [(u32, RangeInclusive<char>)],
    /// Sequences as which characters are written, one after the other from the one that is named.
    pub writes: &'static [(u32, &'static str)],
    /// How a character is written that has several sequences.
    pub repeated: Repeated,
}

/// One of several sequences for the same character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeated {
    /// The first.
    First,
    /// The last.
    Last,
}

impl Differences {
    /// What differs in the encoding of this name.
    pub(super) fn of(name: &str) -> &'static Differences {
        DIFFERENCES.iter().find(|(it, _)| *it == name).map_or(&NONE, |(_, it)| it)
    }

    /// What a sequence stands for, which may be nothing; `None` if it is what the Web takes it for.
    pub(super) fn character(&self, sequence: u32) -> Option<Option<char>> {
        let [_, trail @ ..] = sequence.to_be_bytes();
        let has_small_trail = sequence > 0xff && trail.last().is_some_and(|it| *it < self.least_trail);
        let is_lacking = |(first, last): &(u32, u32)| (*first..=*last).contains(&sequence);
        if has_small_trail || self.lacks.iter().any(is_lacking) {
            return Some(None);
        }
        let listed = self.reads.iter().find_map(|(first, characters)| {
            characters.chars().nth(usize::try_from(sequence.checked_sub(*first)?).ok()?)
        });
        let private = || {
            self.private.iter().find_map(|(first, characters)| {
                characters.clone().nth(usize::try_from(sequence.checked_sub(*first)?).ok()?)
            })
        };
        listed.or_else(private).map(Some)
    }
}

const NONE: Differences = Differences {
    least_trail: 0,
    lacks: &[],
    reads: &[],
    private: &[],
    writes: &[],
    repeated: Repeated::First,
};

const DIFFERENCES: &[(&str, Differences)] = &[
    (
        "BIG5",
        Differences {
            lacks: &[(0x8740, 0xa0fe), (0xa3c0, 0xa3e1), (0xc7fd, 0xc8fe), (0xf9dd, 0xfefe)],
            reads: &[
                (0xa145, "•"),
                (0xa14e, "､"),
                (0xa15a, "\u{fffd}"),
                (0xa1c2, "‾\u{fffd}"),
                (0xa1c5, "\u{fffd}"),
                (0xa1e3, "∼"),
                (0xa1f2, "♁☉"),
                (0xa1fe, "\u{fffd}"),
                (0xa240, "\u{fffd}／＼"),
                (0xa244, "¥"),
                (0xa246, "¢£"),
                (0xa2cc, "\u{fffd}"),
                (0xa2ce, "\u{fffd}"),
                (
                    0xc6a1,
                    "ヾゝゞ々ぁあぃいぅうぇえぉおかがきぎくぐけげこごさざしじすずせぜそぞただちぢっつづてでとどなに",
                ),
                (
                    0xc6d0,
                    "ぬねのはばぱひびぴふぶぷへべぺほぼぽまみむめもゃやゅゆょよらりるれろゎわゐゑをんァアィイゥウェ",
                ),
                (
                    0xc740,
                    "エォオカガキギクグケゲコゴサザシジスズセゼソゾタダチヂッツヅテデトドナニヌネノハバパヒビピフブ",
                ),
                (0xc76f, "プヘベペホボポマミムメモャヤュユ"),
                (0xc7a1, "ョヨラリルレロヮワヰヱヲンヴヵヶДЕЁЖЗИЙКЛМУФХЦЧШЩЪЫЬЭЮЯабвгдеёж"),
                (0xc7d0, "зийклмнопрстуфхцчшщъыьэюя①②③④⑤⑥⑦⑧⑨⑩⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽"),
            ],
            ..NONE
        },
    ),
    (
        "EUC_CN",
        Differences {
            least_trail: 0xa1,
            lacks: &[
                (0x80, 0x80),
                (0x81a1, 0xa0fe),
                (0xa2a1, 0xa2b0),
                (0xa2e3, 0xa2e4),
                (0xa2ef, 0xa2f0),
                (0xa2fd, 0xa2fe),
                (0xa4f4, 0xa4fe),
                (0xa5f7, 0xa5fe),
                (0xa6b9, 0xa6c0),
                (0xa6d9, 0xa6fe),
                (0xa7c2, 0xa7d0),
                (0xa7f2, 0xa7fe),
                (0xa8bb, 0xa8c4),
                (0xa8ea, 0xa9a3),
                (0xa9f0, 0xaffe),
                (0xd7fa, 0xd7fe),
                (0xf8a1, 0xfefe),
            ],
            reads: &[(0xa1a4, "・"), (0xa1aa, "―")],
            ..NONE
        },
    ),
    (
        "EUC_JP",
        Differences {
            least_trail: 0xa1,
            lacks: &[(0xf9a1, 0xfcfe), (0x8fa2b7, 0x8fa2b7)],
            reads: &[
                (0x8fa2c3, "￤"),
                (0x8ff3f3, "ⅰⅱⅲⅳⅴⅵⅶⅷⅸⅹⅠⅡ"),
                (
                    0x8ff4a1,
                    "ⅢⅣⅤⅥⅦⅧⅨⅩ＇＂㈱№℡炻仼僴凬匇匤﨎咊坙﨏塚增寬峵嵓﨑德悅愠敎昻晥晴朗栁﨓﨔橫櫢淸淲瀨凞猪",
                ),
                (
                    0x8ff4d0,
                    "甁皂皞益礰礼神祥福竧靖精綠緖羽荢﨟薰蘒﨡蠇諸譿賴赶﨣﨤逸郞都鄕﨧﨨閒隆﨩霻靍靑飯飼館馞髙魲鶴黑",
                ),
            ],
            writes: &[(0x8fa2c3, "¦")],
            ..NONE
        },
    ),
    (
        "EUC_KR",
        Differences {
            least_trail: 0xa1,
            lacks: &[(0x80, 0x80), (0x81a1, 0xa0fe)],
            reads: &[(0xa2e8, "㉾")],
            ..NONE
        },
    ),
    (
        "GB18030",
        Differences {
            lacks: &[(0x80, 0x80)],
            reads: &[(0x8135f437, "ḿ")],
            private: &[
                (0xa3a0, '\u{e5e5}'..='\u{e5e5}'),
                (0xa6d9, '\u{e78d}'..='\u{e793}'),
                (0xa6ec, '\u{e794}'..='\u{e795}'),
                (0xa6f3, '\u{e796}'..='\u{e796}'),
                (0xa8bc, '\u{e7c7}'..='\u{e7c7}'),
                (0xfe59, '\u{e81e}'..='\u{e81e}'),
                (0xfe61, '\u{e826}'..='\u{e826}'),
                (0xfe66, '\u{e82b}'..='\u{e82c}'),
                (0xfe6d, '\u{e832}'..='\u{e832}'),
                (0xfe7e, '\u{e843}'..='\u{e843}'),
                (0xfe90, '\u{e854}'..='\u{e854}'),
                (0xfea0, '\u{e864}'..='\u{e864}'),
            ],
            ..NONE
        },
    ),
    (
        "GBK",
        Differences {
            lacks: &[
                (0x80, 0x80),
                (0xa140, 0xa1a0),
                (0xa240, 0xa2a0),
                (0xa2ab, 0xa2b0),
                (0xa2e3, 0xa2e4),
                (0xa2ef, 0xa2f0),
                (0xa2fd, 0xa3a0),
                (0xa440, 0xa4a0),
                (0xa4f4, 0xa5a0),
                (0xa5f7, 0xa6a0),
                (0xa6b9, 0xa6c0),
                (0xa6d9, 0xa6df),
                (0xa6ec, 0xa6ed),
                (0xa6f3, 0xa6f3),
                (0xa6f6, 0xa7a0),
                (0xa7c2, 0xa7d0),
                (0xa7f2, 0xa7fe),
                (0xa896, 0xa8a0),
                (0xa8bc, 0xa8bc),
                (0xa8bf, 0xa8bf),
                (0xa8c1, 0xa8c4),
                (0xa8ea, 0xa8fe),
                (0xa958, 0xa958),
                (0xa95b, 0xa95b),
                (0xa95d, 0xa95f),
                (0xa989, 0xa995),
                (0xa997, 0xa9a3),
                (0xa9f0, 0xa9fe),
                (0xaaa1, 0xaafe),
                (0xaba1, 0xabfe),
                (0xaca1, 0xacfe),
                (0xada1, 0xadfe),
                (0xaea1, 0xaefe),
                (0xafa1, 0xaffe),
                (0xd7fa, 0xd7fe),
                (0xf8a1, 0xf8fe),
                (0xf9a1, 0xf9fe),
                (0xfaa1, 0xfafe),
                (0xfba1, 0xfbfe),
                (0xfca1, 0xfcfe),
                (0xfda1, 0xfdfe),
                (0xfe50, 0xfefe),
            ],
            writes: &[(0x80, "€")],
            ..NONE
        },
    ),
    ("KOI8U", Differences { reads: &[(0xae, "╝"), (0xbe, "╬")], ..NONE }),
    (
        "SJIS",
        Differences {
            lacks: &[(0x80, 0x80), (0xf040, 0xf9fc)],
            writes: &[
                (0x5c, "¥"),
                (0x7e, "‾"),
                (0x8160, "〜‖"),
                (0x817c, "−"),
                (0x8191, "¢£"),
                (0x81be, "∪∩"),
                (0x81ca, "¬"),
                (0x81ca, "￢"),
                (0x81da, "∠⊥"),
                (0x81df, "≡≒"),
                (0x81e3, "√"),
                (0x81e6, "∵∫"),
            ],
            repeated: Repeated::Last,
            ..NONE
        },
    ),
    (
        "UHC",
        Differences {
            reads: &[(0xa2e8, "㉾")],
            private: &[(0xc9a1, '\u{e000}'..='\u{e05d}'), (0xfea1, '\u{e05e}'..='\u{e0bb}')],
            ..NONE
        },
    ),
    ("WIN874", Differences { lacks: &[(0x81, 0x84), (0x86, 0x90), (0x98, 0x9f)], ..NONE }),
    (
        "WIN1250",
        Differences {
            lacks: &[(0x81, 0x81), (0x83, 0x83), (0x88, 0x88), (0x90, 0x90), (0x98, 0x98)],
            ..NONE
        },
    ),
    ("WIN1251", Differences { lacks: &[(0x98, 0x98)], ..NONE }),
    ("WIN1252", Differences { lacks: &[(0x81, 0x81), (0x8d, 0x8d), (0x8f, 0x90), (0x9d, 0x9d)], ..NONE }),
    (
        "WIN1253",
        Differences {
            lacks: &[
                (0x81, 0x81),
                (0x88, 0x88),
                (0x8a, 0x8a),
                (0x8c, 0x90),
                (0x98, 0x98),
                (0x9a, 0x9a),
                (0x9c, 0x9f),
            ],
            ..NONE
        },
    ),
    ("WIN1254", Differences { lacks: &[(0x81, 0x81), (0x8d, 0x90), (0x9d, 0x9e)], ..NONE }),
    (
        "WIN1255",
        Differences {
            lacks: &[(0x81, 0x81), (0x8a, 0x8a), (0x8c, 0x90), (0x9a, 0x9a), (0x9c, 0x9f), (0xca, 0xca)],
            ..NONE
        },
    ),
    (
        "WIN1257",
        Differences {
            lacks: &[
                (0x81, 0x81),
                (0x83, 0x83),
                (0x88, 0x88),
                (0x8a, 0x8a),
                (0x8c, 0x8c),
                (0x90, 0x90),
                (0x98, 0x98),
                (0x9a, 0x9a),
                (0x9c, 0x9c),
                (0x9f, 0x9f),
            ],
            ..NONE
        },
    ),
    (
        "WIN1258",
        Differences {
            lacks: &[(0x81, 0x81), (0x8a, 0x8a), (0x8d, 0x90), (0x9a, 0x9a), (0x9d, 0x9e)],
            ..NONE
        },
    ),
    ("LATIN5", Differences { reads: &[(0xd0, "Ğ"), (0xdd, "İŞ"), (0xf0, "ğ"), (0xfd, "ış")], ..NONE }),
];

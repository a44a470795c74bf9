//! Encodings other than UTF-8, by PostgreSQL's names: scripts may be written in them, and psql answers in them.
//!
//! - `characters`: which bytes stand for which characters.
//! - `differences`: where PostgreSQL and the Web, whose encodings the library has, are not of one mind.
//! - `encoded`: writing in another encoding.

mod characters;
mod differences;
mod encoded;

use encoding_rs as known;

use characters::{Reader, Writer};
use differences::Differences;

pub use encoded::Encoded;

/// An encoding of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoding {
    /// PostgreSQL's name of it.
    name: &'static str,
    form: Form,
    by: By,
    differs: &'static Differences,
}

/// How many bytes characters have that are not ASCII.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// One.
    Single,
    /// Two.
    Pairs,
    /// Two, or one for Katakana.
    ShiftJis,
    /// Two, or three.
    EucJp,
    /// Two, or four.
    Gb18030,
    /// As many as in UTF-8.
    Utf8,
}

/// Who knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    /// Each byte is the character of its number; the Web knows no such encoding.
    Latin1,
    Library(&'static known::Encoding),
}

/// Encodings with the names that PostgreSQL takes for them beside its own, without what is not a letter or digit.
const ENCODINGS: &[(&str, &[&str], Form, By)] = &[
    ("BIG5", &["windows950", "win950"], Form::Pairs, By::Library(known::BIG5)),
    ("EUC_CN", &[], Form::Pairs, By::Library(known::GBK)),
    ("EUC_JP", &[], Form::EucJp, By::Library(known::EUC_JP)),
    ("EUC_KR", &[], Form::Pairs, By::Library(known::EUC_KR)),
    ("GB18030", &[], Form::Gb18030, By::Library(known::GB18030)),
    ("GBK", &["windows936", "win936"], Form::Pairs, By::Library(known::GBK)),
    ("ISO_8859_5", &[], Form::Single, By::Library(known::ISO_8859_5)),
    ("ISO_8859_6", &[], Form::Single, By::Library(known::ISO_8859_6)),
    ("ISO_8859_7", &[], Form::Single, By::Library(known::ISO_8859_7)),
    ("ISO_8859_8", &[], Form::Single, By::Library(known::ISO_8859_8)),
    ("KOI8R", &["koi8"], Form::Single, By::Library(known::KOI8_R)),
    ("KOI8U", &[], Form::Single, By::Library(known::KOI8_U)),
    ("LATIN1", &["iso88591"], Form::Single, By::Latin1),
    ("LATIN2", &["iso88592"], Form::Single, By::Library(known::ISO_8859_2)),
    ("LATIN3", &["iso88593"], Form::Single, By::Library(known::ISO_8859_3)),
    ("LATIN4", &["iso88594"], Form::Single, By::Library(known::ISO_8859_4)),
    ("LATIN5", &["iso88599"], Form::Single, By::Latin1),
    ("LATIN6", &["iso885910"], Form::Single, By::Library(known::ISO_8859_10)),
    ("LATIN7", &["iso885913"], Form::Single, By::Library(known::ISO_8859_13)),
    ("LATIN8", &["iso885914"], Form::Single, By::Library(known::ISO_8859_14)),
    ("LATIN9", &["iso885915"], Form::Single, By::Library(known::ISO_8859_15)),
    ("LATIN10", &["iso885916"], Form::Single, By::Library(known::ISO_8859_16)),
    ("SJIS", &["shiftjis", "mskanji", "windows932", "win932"], Form::ShiftJis, By::Library(known::SHIFT_JIS)),
    ("UHC", &["windows949", "win949"], Form::Pairs, By::Library(known::EUC_KR)),
    (UTF8, &["unicode"], Form::Utf8, By::Library(known::UTF_8)),
    ("WIN866", &["windows866", "alt"], Form::Single, By::Library(known::IBM866)),
    ("WIN874", &["windows874"], Form::Single, By::Library(known::WINDOWS_874)),
    ("WIN1250", &["windows1250"], Form::Single, By::Library(known::WINDOWS_1250)),
    ("WIN1251", &["windows1251", "win"], Form::Single, By::Library(known::WINDOWS_1251)),
    ("WIN1252", &["windows1252"], Form::Single, By::Library(known::WINDOWS_1252)),
    ("WIN1253", &["windows1253"], Form::Single, By::Library(known::WINDOWS_1253)),
    ("WIN1254", &["windows1254"], Form::Single, By::Library(known::WINDOWS_1254)),
    ("WIN1255", &["windows1255"], Form::Single, By::Library(known::WINDOWS_1255)),
    ("WIN1256", &["windows1256"], Form::Single, By::Library(known::WINDOWS_1256)),
    ("WIN1257", &["windows1257"], Form::Single, By::Library(known::WINDOWS_1257)),
    (
        "WIN1258",
        &["windows1258", "abc", "tcvn", "tcvn5712", "vscii"],
        Form::Single,
        By::Library(known::WINDOWS_1258),
    ),
];

/// The connection's own.
const UTF8: &str = "UTF8";

impl Default for Encoding {
    fn default() -> Self {
        let (form, by) = (Form::Utf8, By::Library(known::UTF_8));
        Self { name: UTF8, form, by, differs: Differences::of(UTF8) }
    }
}

impl Encoding {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        let of = |(name, _, form, by): &(&'static str, _, _, _)| Self {
            name,
            form: *form,
            by: *by,
            differs: Differences::of(name),
        };
        ENCODINGS.iter().map(of)
    }

    /// The encoding of this name, which PostgreSQL takes in any case and with any punctuation.
    pub fn named(name: &str) -> Option<Self> {
        let plain = plain(name);
        let names = ENCODINGS
            .iter()
            .map(|(name, others, ..)| self::plain(name) == plain || others.contains(&&*plain));
        Self::all().zip(names).find_map(|(it, is_named)| is_named.then_some(it))
    }

    /// What a script says of its own encoding before it uses it: `\encoding NAME`, or a `SET client_encoding` as dumps have it.
    pub fn declared(bytes: &[u8]) -> Option<Self> {
        let lines = bytes.split(|it| *it == b'\n').map_while(|line| std::str::from_utf8(line).ok());
        lines.filter_map(declaration).filter_map(Self::named).last()
    }

    /// PostgreSQL's name of it.
    pub fn name(self) -> &'static str {
        self.name
    }

    /// The text of bytes.
    ///
    /// # Errors
    /// How many bytes come before the first that are not in this encoding.
    pub fn decode(self, bytes: &[u8]) -> Result<String, usize> {
        match self.form {
            Form::Utf8 => match std::str::from_utf8(bytes) {
                Ok(text) => Ok(text.to_owned()),
                Err(err) => Err(err.valid_up_to()),
            },
            Form::Single | Form::Pairs | Form::ShiftJis | Form::EucJp | Form::Gb18030 => {
                Reader::of(self, bytes.len()).read(bytes)
            }
        }
    }

    /// The bytes of a text.
    ///
    /// # Errors
    /// The first character that the encoding does not have.
    pub fn encode(self, text: &str) -> Result<Vec<u8>, char> {
        match self.form {
            Form::Utf8 => Ok(text.as_bytes().to_vec()),
            Form::Single | Form::Pairs | Form::ShiftJis | Form::EucJp | Form::Gb18030 => {
                Writer::of(self).write(text)
            }
        }
    }
}

/// A name's letters and digits.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

/// What a line declares.
fn declaration(line: &str) -> Option<&str> {
    let line = line.trim();
    let lower = line.to_ascii_lowercase();
    let value = match lower.strip_prefix("set client_encoding") {
        Some(_) => line
            .get("set client_encoding".len()..)?
            .trim_start()
            .trim_start_matches(['=', 't', 'T', 'o', 'O']),
        None => line.strip_prefix("\\encoding ")?,
    };
    Some(value.trim().trim_end_matches(';').trim().trim_matches('\''))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_is_known_by_the_names_that_postgresql_takes() {
        for (name, known) in [
            ("latin1", "LATIN1"),
            ("ISO-8859-1", "LATIN1"),
            ("Windows1252", "WIN1252"),
            ("utf-8", "UTF8"),
            ("euc_jp", "EUC_JP"),
        ] {
            assert_eq!(Encoding::named(name).map(Encoding::name), Some(known));
        }
        assert_eq!(Encoding::named("klingon"), None);
    }

    #[test]
    fn a_script_says_its_encoding_before_it_uses_it() {
        for script in [
            &b"SELECT 1;\nSET client_encoding = 'LATIN1';\nSELECT '\xe9';"[..],
            b"set client_encoding to latin1;\n\xe9",
            b"\\encoding LATIN1\n\xe9",
        ] {
            assert_eq!(Encoding::declared(script).map(Encoding::name), Some("LATIN1"));
        }
        assert_eq!(Encoding::declared(b"SELECT '\xe9';\n\\encoding LATIN1\n"), None);
    }

    #[test]
    fn text_goes_to_bytes_and_back() {
        for (name, text, bytes) in [
            ("LATIN1", "é\u{85}", &b"\xe9\x85"[..]),
            ("SJIS", "日本", b"\x93\xfa\x96\x7b"),
            ("WIN1251", "Привет", b"\xcf\xf0\xe8\xe2\xe5\xf2"),
        ] {
            let encoding = Encoding::named(name).unwrap();
            assert_eq!(encoding.encode(text).unwrap(), bytes);
            assert_eq!(encoding.decode(bytes).unwrap(), text);
        }
        assert_eq!(Encoding::named("LATIN1").unwrap().encode("日"), Err('日'));
    }

    #[test]
    fn text_is_read_and_written_as_postgresql_does_and_not_as_the_web_does() {
        for (name, text, bytes) in [
            ("BIG5", "ソ¥", &b"\xc7\x55\xa2\x44"[..]),
            ("EUC_CN", "・―", b"\xa1\xa4\xa1\xaa"),
            ("EUC_JP", "¡丂ｱ\u{fa2d}", b"\x8f\xa2\xc2\x8f\xb0\xa1\x8e\xb1\x8f\xf4\xfd"),
            ("EUC_KR", "㉾", b"\xa2\xe8"),
            ("GB18030", "€\u{e5e5}ḿ😀", b"\xa2\xe3\xa3\xa0\x81\x35\xf4\x37\x94\x39\xfc\x36"),
            ("KOI8U", "╝", b"\xae"),
            ("LATIN5", "Şe", b"\xdee"),
            ("UHC", "\u{e0bb}", b"\xfe\xfe"),
        ] {
            let encoding = Encoding::named(name).unwrap();
            assert_eq!(encoding.decode(bytes).as_deref(), Ok(text), "{name}");
            assert_eq!(encoding.encode(text).as_deref(), Ok(bytes), "{name}");
            let (long, text) = (bytes.repeat(40_000), text.repeat(40_000));
            assert!(encoding.decode(&long) == Ok(text), "{name}");
        }
    }

    #[test]
    fn bytes_that_are_no_character_are_told_by_their_place() {
        for (name, bytes, place) in [
            ("BIG5", &b"ab\x87\x40"[..], 2),
            ("EUC_KR", b"\xb0\xa1\xfe\xff", 2),
            ("EUC_JP", b"\xa4\xa2\x8f\xa2", 2),
            ("WIN1252", b"\x80\x81", 1),
            ("UTF8", b"\xc3\xa9\xff", 2),
        ] {
            assert_eq!(Encoding::named(name).unwrap().decode(bytes), Err(place), "{name}");
        }
    }
}

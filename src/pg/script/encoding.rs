//! Encodings other than UTF-8, by PostgreSQL's names: scripts may be written in them, and psql answers in them.

use std::io::{self, ErrorKind, Write};

use encoding_rs::{self as known, EncoderResult};

/// An encoding of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoding {
    /// PostgreSQL's name of it.
    name: &'static str,
    by: By,
}

/// Who knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    /// Each byte is the character of its number; the Web knows no such encoding.
    Latin1,
    Library(&'static known::Encoding),
}

/// PostgreSQL's names, without what is not a letter or digit, with those that it shows.
const NAMES: &[(&str, &str, By)] = &[
    ("big5", "BIG5", By::Library(known::BIG5)),
    ("euccn", "EUC_CN", By::Library(known::GBK)),
    ("eucjp", "EUC_JP", By::Library(known::EUC_JP)),
    ("euckr", "EUC_KR", By::Library(known::EUC_KR)),
    ("gb18030", "GB18030", By::Library(known::GB18030)),
    ("gbk", "GBK", By::Library(known::GBK)),
    ("iso88591", "LATIN1", By::Latin1),
    ("iso88595", "ISO_8859_5", By::Library(known::ISO_8859_5)),
    ("iso88596", "ISO_8859_6", By::Library(known::ISO_8859_6)),
    ("iso88597", "ISO_8859_7", By::Library(known::ISO_8859_7)),
    ("iso88598", "ISO_8859_8", By::Library(known::ISO_8859_8)),
    ("koi8", "KOI8R", By::Library(known::KOI8_R)),
    ("koi8r", "KOI8R", By::Library(known::KOI8_R)),
    ("koi8u", "KOI8U", By::Library(known::KOI8_U)),
    ("latin1", "LATIN1", By::Latin1),
    ("latin2", "LATIN2", By::Library(known::ISO_8859_2)),
    ("latin3", "LATIN3", By::Library(known::ISO_8859_3)),
    ("latin4", "LATIN4", By::Library(known::ISO_8859_4)),
    ("latin6", "LATIN6", By::Library(known::ISO_8859_10)),
    ("latin7", "LATIN7", By::Library(known::ISO_8859_13)),
    ("latin8", "LATIN8", By::Library(known::ISO_8859_14)),
    ("latin9", "LATIN9", By::Library(known::ISO_8859_15)),
    ("latin10", "LATIN10", By::Library(known::ISO_8859_16)),
    ("shiftjis", "SJIS", By::Library(known::SHIFT_JIS)),
    ("sjis", "SJIS", By::Library(known::SHIFT_JIS)),
    ("uhc", "UHC", By::Library(known::EUC_KR)),
    ("unicode", "UTF8", By::Library(known::UTF_8)),
    ("utf8", "UTF8", By::Library(known::UTF_8)),
    ("win866", "WIN866", By::Library(known::IBM866)),
    ("win874", "WIN874", By::Library(known::WINDOWS_874)),
    ("win1250", "WIN1250", By::Library(known::WINDOWS_1250)),
    ("win1251", "WIN1251", By::Library(known::WINDOWS_1251)),
    ("win1252", "WIN1252", By::Library(known::WINDOWS_1252)),
    ("win1253", "WIN1253", By::Library(known::WINDOWS_1253)),
    ("win1254", "WIN1254", By::Library(known::WINDOWS_1254)),
    ("win1255", "WIN1255", By::Library(known::WINDOWS_1255)),
    ("win1256", "WIN1256", By::Library(known::WINDOWS_1256)),
    ("win1257", "WIN1257", By::Library(known::WINDOWS_1257)),
    ("win1258", "WIN1258", By::Library(known::WINDOWS_1258)),
];

impl Default for Encoding {
    fn default() -> Self {
        Self { name: "UTF8", by: By::Library(known::UTF_8) }
    }
}

impl Encoding {
    /// The encoding of this name, which PostgreSQL takes in any case and with any punctuation.
    pub fn named(name: &str) -> Option<Self> {
        let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        let plain = plain.to_ascii_lowercase().replace("windows", "win");
        let (_, name, by) = NAMES.iter().find(|(it, ..)| *it == plain)?;
        Some(Self { name, by: *by })
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

    /// The text of bytes; `None` if they are not in this encoding.
    pub fn decode(self, bytes: &[u8]) -> Option<String> {
        match self.by {
            By::Latin1 => Some(bytes.iter().copied().map(char::from).collect()),
            By::Library(known) => {
                known.decode_without_bom_handling_and_without_replacement(bytes).map(Into::into)
            }
        }
    }

    /// What the server says of a character that the encoding does not have.
    fn lacks(self, character: char) -> io::Error {
        let (bytes, name) = (sequence(character), self.name);
        let text = format!(
            "character with byte sequence {bytes} in encoding \"UTF8\" has no equivalent in encoding \"{name}\""
        );
        io::Error::new(ErrorKind::InvalidData, text)
    }

    /// The bytes of a text.
    ///
    /// # Errors
    /// The first character that the encoding does not have.
    pub fn encode(self, text: &str) -> Result<Vec<u8>, char> {
        match self.by {
            By::Latin1 => text.chars().map(|it| u8::try_from(it).map_err(|_| it)).collect(),
            By::Library(known) => {
                let mut encoder = known.new_encoder();
                let size = encoder.max_buffer_length_from_utf8_without_replacement(text.len());
                let mut bytes = Vec::with_capacity(size.unwrap_or(text.len()));
                match encoder.encode_from_utf8_to_vec_without_replacement(text, &mut bytes, true) {
                    (EncoderResult::Unmappable(it), _) => Err(it),
                    (EncoderResult::InputEmpty | EncoderResult::OutputFull, _) => Ok(bytes),
                }
            }
        }
    }
}

/// The character's bytes in UTF-8 as the server tells them: `0xe2 0x82 0xac`.
fn sequence(character: char) -> String {
    let bytes = character.to_string().into_bytes();
    bytes.iter().map(|it| format!("{it:#04x}")).collect::<Vec<_>>().join(" ")
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

/// Writes UTF-8 text in another encoding. Text may come in pieces that end inside of a character.
#[derive(Debug)]
pub struct Encoded<W> {
    inner: W,
    /// The encoding.
    pub encoding: Encoding,
    rest: Vec<u8>,
}

impl<W: Write> Encoded<W> {
    /// Writes UTF-8 at first.
    pub fn new(inner: W) -> Self {
        Self { inner, encoding: Encoding::default(), rest: Vec::new() }
    }

    /// Sees whether a text can be written.
    ///
    /// # Errors
    /// In the server's words, of kind [`ErrorKind::InvalidData`], for the first character that the encoding does not have.
    pub fn check(&self, text: &str) -> io::Result<()> {
        if self.encoding == Encoding::default() {
            return Ok(());
        }
        self.encoding.encode(text).map(drop).map_err(|it| self.encoding.lacks(it))
    }

    /// Lets another writer have what comes.
    pub fn exchange(&mut self, inner: W) -> W {
        std::mem::replace(&mut self.inner, inner)
    }
}

impl<W: Write> Write for Encoded<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.encoding == Encoding::default() {
            return self.inner.write(bytes);
        }
        self.rest.extend_from_slice(bytes);
        let whole = match std::str::from_utf8(&self.rest) {
            Ok(text) => text.len(),
            Err(err) if err.error_len().is_none() => err.valid_up_to(),
            Err(err) => return Err(io::Error::other(err)),
        };
        let later = self.rest.split_off(whole);
        let now = std::mem::replace(&mut self.rest, later);
        let text = String::from_utf8(now).map_err(io::Error::other)?;
        self.inner.write_all(&self.encoding.encode(&text).map_err(|it| self.encoding.lacks(it))?)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_is_known_by_the_names_that_postgresql_takes() {
        for (name, known) in
            [("latin1", "LATIN1"), ("ISO-8859-1", "LATIN1"), ("Windows1252", "WIN1252"), ("utf-8", "UTF8")]
        {
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
    fn what_an_encoding_lacks_is_told_in_the_servers_words() {
        let mut out = Encoded::new(Vec::new());
        out.encoding = Encoding::named("LATIN1").unwrap();
        let err = out.check("5 €").unwrap_err();
        assert_eq!(err.kind(), ErrorKind::InvalidData);
        insta::assert_snapshot!(err, @r#"character with byte sequence 0xe2 0x82 0xac in encoding "UTF8" has no equivalent in encoding "LATIN1""#);
        assert!(out.check("é").is_ok());
    }

    #[test]
    fn a_character_that_comes_in_two_pieces_is_written_whole() {
        let mut out = Encoded::new(Vec::new());
        out.encoding = Encoding::named("LATIN1").unwrap();
        for piece in ["é".as_bytes().get(..1).unwrap(), "é".as_bytes().get(1..).unwrap()] {
            out.write_all(piece).unwrap();
        }
        assert_eq!(out.inner, b"\xe9");
    }
}

//! The text of a script, under the name that messages give it.

use super::encoding::Encoding;

/// What a file of UTF-8 may begin with, and what is no part of its text.
const BYTE_ORDER_MARK: &str = "\u{feff}";
/// How an archive of pg_dump's custom format begins.
const ARCHIVE: &[u8] = b"PGDMP";

/// A script's text and name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    name: String,
    text: String,
}

/// Why a file is no script.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is an archive, which psql refuses too.
    #[error("`{name}` is an archive of pg_dump's custom format, which only pg_restore reads")]
    Archive {
        /// The file.
        name: String,
    },
    /// It is in another encoding, or no text at all.
    #[error("{name}:{line}: not in {encoding}")]
    OtherEncoding {
        /// The file.
        name: String,
        /// The line of the first byte that is not in the encoding.
        line: usize,
        /// The encoding that it was taken for.
        encoding: &'static str,
    },
    /// It has a byte that no text has.
    #[error("{name}:{line}: a NUL byte")]
    Nul {
        /// The file.
        name: String,
        /// The line of the first of them.
        line: usize,
    },
}

impl Source {
    /// A script of this text; a byte order mark at its beginning is dropped.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Source {
        let mut text = text.into();
        if text.starts_with(BYTE_ORDER_MARK) {
            text.drain(..BYTE_ORDER_MARK.len());
        }
        Source { name: name.into(), text }
    }

    /// A script of a file's bytes. Where they are not UTF-8, they are in the encoding that is given, or in the one that the
    /// script itself declares.
    pub fn read(
        name: impl Into<String>,
        bytes: Vec<u8>,
        given: Option<Encoding>,
    ) -> Result<Source, Unreadable> {
        let name = name.into();
        if bytes.starts_with(ARCHIVE) {
            return Err(Unreadable::Archive { name });
        }
        if let Some(at) = bytes.iter().position(|it| *it == 0) {
            let line = bytes.iter().take(at).filter(|it| **it == b'\n').count() + 1;
            return Err(Unreadable::Nul { name, line });
        }
        let err = match String::from_utf8(bytes) {
            Ok(text) => return Ok(Source::new(name, text)),
            Err(err) => err,
        };
        let bytes = err.as_bytes();
        let encoding = given.or_else(|| Encoding::declared(bytes)).unwrap_or_default();
        match encoding.decode(bytes) {
            Ok(text) => Ok(Source::new(name, text)),
            Err(valid) => {
                let line = bytes.iter().take(valid).filter(|it| **it == b'\n').count() + 1;
                Err(Unreadable::OtherEncoding { name, line, encoding: encoding.name() })
            }
        }
    }

    /// What messages call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its text, without a byte order mark.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// A line of it as messages give it.
    pub fn place(&self, line: usize) -> String {
        format!("{}:{line}", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_text() {
        assert_eq!(Source::new("a.sql", "\u{feff}SELECT 1;").text(), "SELECT 1;");
        assert_eq!(Source::read("a.sql", b"\xef\xbb\xbf1;".to_vec(), None).unwrap().text(), "1;");
    }

    #[test]
    fn an_archive_is_refused_by_its_first_bytes() {
        let said = Source::read("a.dump", b"PGDMP\x01\x0e\xff".to_vec(), None).unwrap_err().to_string();
        assert_eq!(said, "`a.dump` is an archive of pg_dump's custom format, which only pg_restore reads");
    }

    #[test]
    fn another_encoding_is_read_where_it_is_known_and_refused_with_its_line_where_not() {
        let bytes = b"SELECT 1;\nSELECT '\xe9';".to_vec();
        let said = Source::read("a.sql", bytes.clone(), None).unwrap_err().to_string();
        assert_eq!(said, "a.sql:2: not in UTF8");
        let source = Source::read("a.sql", bytes, Encoding::named("LATIN1")).unwrap();
        assert_eq!(source.text(), "SELECT 1;\nSELECT 'é';");
        let bytes = b"SELECT 1;\n-- \xb0\xa1\n\n-- \xfe\xff\n".to_vec();
        let said = Source::read("a.sql", bytes, Encoding::named("EUC_KR")).unwrap_err().to_string();
        assert_eq!(said, "a.sql:4: not in EUC_KR");
    }

    #[test]
    fn a_place_is_named_by_file_and_line() {
        assert_eq!(Source::new("a.sql", "").place(7), "a.sql:7");
    }
}

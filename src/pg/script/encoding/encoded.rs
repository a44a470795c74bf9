//! Writing text in another encoding.

use std::io::{self, ErrorKind, Write};

use super::Encoding;
use super::characters::Writer;

/// Writes UTF-8 text in another encoding. Text may come in pieces that end inside of a character.
#[derive(Debug)]
pub struct Encoded<W> {
    inner: W,
    encoding: Encoding,
    /// Writes its characters; none where it is UTF-8.
    writer: Option<Writer>,
    rest: Vec<u8>,
}

impl<W: Write> Encoded<W> {
    /// Writes UTF-8 at first.
    pub fn new(inner: W) -> Self {
        Self { inner, encoding: Encoding::default(), writer: None, rest: Vec::new() }
    }

    /// What is written.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Writes in another encoding from now on.
    pub fn encode(&mut self, encoding: Encoding) {
        if encoding != self.encoding {
            self.encoding = encoding;
            self.writer = (encoding != Encoding::default()).then(|| Writer::of(encoding));
        }
    }

    /// Sees whether a text can be written.
    ///
    /// # Errors
    /// In the server's words, of kind [`ErrorKind::InvalidData`], for the first character that the encoding does not have.
    pub fn check(&self, text: &str) -> io::Result<()> {
        let Some(writer) = &self.writer else { return Ok(()) };
        writer.write(text).map(drop).map_err(|it| lacks(self.encoding, it))
    }

    /// Lets another writer have what comes.
    pub fn exchange(&mut self, inner: W) -> W {
        std::mem::replace(&mut self.inner, inner)
    }
}

impl<W: Write> Write for Encoded<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(writer) = &self.writer else { return self.inner.write(bytes) };
        self.rest.extend_from_slice(bytes);
        let whole = match std::str::from_utf8(&self.rest) {
            Ok(text) => text.len(),
            Err(err) if err.error_len().is_none() => err.valid_up_to(),
            Err(err) => return Err(io::Error::other(err)),
        };
        let later = self.rest.split_off(whole);
        let now = std::mem::replace(&mut self.rest, later);
        let text = String::from_utf8(now).map_err(io::Error::other)?;
        self.inner.write_all(&writer.write(&text).map_err(|it| lacks(self.encoding, it))?)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// What the server says of a character that the encoding does not have.
fn lacks(encoding: Encoding, character: char) -> io::Error {
    let (bytes, name) = (sequence(character), encoding.name());
    let text = format!(
        "character with byte sequence {bytes} in encoding \"UTF8\" has no equivalent in encoding \"{name}\""
    );
    io::Error::new(ErrorKind::InvalidData, text)
}

/// The character's bytes in UTF-8 as the server tells them: `0xe2 0x82 0xac`.
fn sequence(character: char) -> String {
    let bytes = character.to_string().into_bytes();
    bytes.iter().map(|it| format!("{it:#04x}")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn latin1() -> Encoded<Vec<u8>> {
        let mut out = Encoded::new(Vec::new());
        out.encode(Encoding::named("LATIN1").unwrap());
        out
    }

    #[test]
    fn what_an_encoding_lacks_is_told_in_the_servers_words() {
        let out = latin1();
        let err = out.check("5 €").unwrap_err();
        assert_eq!(err.kind(), ErrorKind::InvalidData);
        insta::assert_snapshot!(err, @r#"character with byte sequence 0xe2 0x82 0xac in encoding "UTF8" has no equivalent in encoding "LATIN1""#);
        assert!(out.check("é").is_ok());
    }

    #[test]
    fn a_character_that_comes_in_two_pieces_is_written_whole() {
        let mut out = latin1();
        for piece in ["é".as_bytes().get(..1).unwrap(), "é".as_bytes().get(1..).unwrap()] {
            out.write_all(piece).unwrap();
        }
        assert_eq!(out.inner, b"\xe9");
    }
}

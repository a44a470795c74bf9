//! Which bytes stand for which characters, as PostgreSQL has it.

use std::collections::HashMap;

use super::differences::Repeated;
use super::{By, Encoding, Form};

/// Reads the characters of an encoding.
#[derive(Debug)]
pub(super) struct Reader {
    encoding: Encoding,
    /// Those of one and of two bytes, by the number that the bytes are; none where it is not worth it.
    short: Vec<Option<char>>,
}

impl Reader {
    /// Looks up all characters of one and of two bytes once, where the text has more bytes than there are such characters.
    pub(super) fn of(encoding: Encoding, length: usize) -> Self {
        let all: u32 = if encoding.form == Form::Single { 1 << 8 } else { 1 << 16 };
        let count = if usize::try_from(all).is_ok_and(|it| it < length) { all } else { 0 };
        Self { encoding, short: (0..count).map(|it| encoding.character(it)).collect() }
    }

    /// The text of bytes.
    ///
    /// # Errors
    /// How many bytes come before those that are no character.
    pub(super) fn read(&self, bytes: &[u8]) -> Result<String, usize> {
        let mut text = String::with_capacity(bytes.len());
        let mut rest = bytes;
        while let Some(first) = rest.first() {
            let length = self.encoding.form.length(*first, rest.get(1));
            let character = rest.get(..length).and_then(|it| self.character(number(it)));
            text.push(character.ok_or(bytes.len() - rest.len())?);
            rest = rest.get(length..).unwrap_or_default();
        }
        Ok(text)
    }

    fn character(&self, sequence: u32) -> Option<char> {
        match usize::try_from(sequence).ok().and_then(|it| self.short.get(it)) {
            Some(known) => *known,
            None => self.encoding.character(sequence),
        }
    }
}

/// Writes the characters of an encoding.
#[derive(Debug)]
pub(super) struct Writer {
    encoding: Encoding,
    sequences: HashMap<char, u32>,
}

impl Writer {
    /// Looks up all sequences once, but those of the characters that are beyond 16 bits in Unicode.
    pub(super) fn of(encoding: Encoding) -> Self {
        let mut sequences = HashMap::new();
        for sequence in encoding.form.sequences() {
            let Some(it) = encoding.character(sequence) else { continue };
            match encoding.differs.repeated {
                Repeated::First => {
                    sequences.entry(it).or_insert(sequence);
                }
                Repeated::Last => {
                    sequences.insert(it, sequence);
                }
            }
        }
        for (first, characters) in encoding.differs.writes {
            sequences.extend(characters.chars().zip(*first..));
        }
        Self { encoding, sequences }
    }

    /// The bytes of a text.
    ///
    /// # Errors
    /// The first character that the encoding does not have.
    pub(super) fn write(&self, text: &str) -> Result<Vec<u8>, char> {
        let mut bytes = Vec::with_capacity(text.len());
        for it in text.chars() {
            match u8::try_from(it) {
                Ok(byte) if byte.is_ascii() => bytes.push(byte),
                Ok(_) | Err(_) => {
                    let big_endian = self.sequence(it).ok_or(it)?.to_be_bytes();
                    bytes.extend(big_endian.iter().skip_while(|it| **it == 0));
                }
            }
        }
        Ok(bytes)
    }

    fn sequence(&self, character: char) -> Option<u32> {
        let known = self.sequences.get(&character).copied();
        known.or_else(|| self.encoding.long_sequence(character))
    }
}

impl Encoding {
    /// The character of the bytes of this number.
    fn character(self, sequence: u32) -> Option<char> {
        match self.differs.character(sequence) {
            Some(differs) => differs,
            None => self.by.character(sequence),
        }
    }

    /// The four bytes of a character, where the library writes it with as many.
    fn long_sequence(self, character: char) -> Option<u32> {
        let sequence = self.by.sequence(character).filter(|it| *it > 0xff_ffff)?;
        (self.character(sequence) == Some(character)).then_some(sequence)
    }
}

impl Form {
    /// How many bytes a character has.
    fn length(self, first: u8, second: Option<&u8>) -> usize {
        match (self, first) {
            (_, ..0x80) | (Form::Single, _) | (Form::ShiftJis, 0xa1..=0xdf) => 1,
            (Form::EucJp, 0x8f) => 3,
            (Form::Gb18030, _) if second.is_some_and(u8::is_ascii_digit) => 4,
            (Form::Pairs | Form::ShiftJis | Form::EucJp | Form::Gb18030 | Form::Utf8, _) => 2,
        }
    }

    /// All sequences that may stand for a character of 16 bits, and many that stand for none.
    fn sequences(self) -> Box<dyn Iterator<Item = u32>> {
        match self {
            Form::Single => Box::new(0..1 << 8),
            Form::Pairs | Form::ShiftJis => Box::new(0..1 << 16),
            Form::EucJp => Box::new((0..1 << 16).chain(0x8f_a1a1..=0x8f_fefe)),
            Form::Gb18030 => {
                let fours =
                    digits(0x81, 0x84).flat_map(|high| digits(0x81, 0xfe).map(move |low| high << 16 | low));
                Box::new((0..1 << 16).chain(fours))
            }
            Form::Utf8 => Box::new(std::iter::empty()),
        }
    }
}

/// Bytes of these values, each with each digit after it.
fn digits(first: u32, last: u32) -> impl Iterator<Item = u32> {
    (first..=last).flat_map(|it| (0x30..=0x39).map(move |digit| it << 8 | digit))
}

impl By {
    fn character(self, sequence: u32) -> Option<char> {
        match self {
            By::Latin1 => u8::try_from(sequence).ok().map(char::from),
            By::Library(known) => {
                let bytes = sequence.to_be_bytes();
                let start = bytes.iter().position(|it| *it != 0).unwrap_or(bytes.len() - 1);
                let text = known.decode_without_bom_handling_and_without_replacement(
                    bytes.get(start..).unwrap_or_default(),
                )?;
                let mut characters = text.chars();
                characters.next().filter(|_| characters.next().is_none())
            }
        }
    }

    fn sequence(self, character: char) -> Option<u32> {
        match self {
            By::Latin1 => None,
            By::Library(known) => {
                let text = character.to_string();
                let (bytes, _, is_wrong) = known.encode(&text);
                (!is_wrong && bytes.len() <= 4).then(|| number(&bytes))
            }
        }
    }
}

/// The number that as many as four bytes are.
fn number(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

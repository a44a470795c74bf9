//! Tab-separated values, escaped as COPY's text format does, with the columns' names above.

use std::sync::Arc;

use crate::pg::query::Column;
use crate::pg::render::Stream;
use crate::pg::render::settings::Settings;

/// The stream of a result.
#[derive(Debug)]
pub struct Tsv {
    settings: Arc<Settings>,
    names: Vec<Option<String>>,
}

impl Tsv {
    /// A result of these columns.
    pub fn new(settings: Arc<Settings>, columns: &[Column]) -> Self {
        Self { settings, names: columns.iter().map(|it| Some(it.name.clone())).collect() }
    }
}

impl Stream for Tsv {
    fn head(&mut self, text: &mut Vec<u8>) {
        if !self.settings.tuples_only {
            line(&self.names, text);
        }
    }

    fn row(&mut self, row: &[Option<String>], text: &mut Vec<u8>) {
        line(row, text);
    }

    fn foot(&mut self, _text: &mut Vec<u8>) {}
}

fn line(fields: &[Option<String>], text: &mut Vec<u8>) {
    for (at, field) in fields.iter().enumerate() {
        if at > 0 {
            text.push(b'\t');
        }
        match field {
            Some(field) => escape(field, text),
            None => text.extend_from_slice(b"\\N"),
        }
    }
    text.push(b'\n');
}

fn escape(field: &str, text: &mut Vec<u8>) {
    let is_special = |byte| matches!(byte, b'\t' | b'\n' | b'\r' | b'\\');
    // Without an early end, the compiler makes it look at many bytes at once.
    if !field.bytes().fold(false, |has, byte| has | is_special(byte)) {
        text.extend_from_slice(field.as_bytes());
        return;
    }
    for byte in field.bytes() {
        match byte {
            b'\t' => text.extend_from_slice(b"\\t"),
            b'\n' => text.extend_from_slice(b"\\n"),
            b'\r' => text.extend_from_slice(b"\\r"),
            b'\\' => text.extend_from_slice(b"\\\\"),
            byte => text.push(byte),
        }
    }
}

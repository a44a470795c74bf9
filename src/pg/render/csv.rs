//! psql's comma-separated values.

use std::sync::Arc;

use crate::pg::query::Column;
use crate::pg::render::Stream;
use crate::pg::render::settings::{Expanded, Settings};

/// The stream of a result.
#[derive(Debug)]
pub struct Csv {
    settings: Arc<Settings>,
    names: Vec<String>,
}

impl Csv {
    /// A result of these columns.
    pub fn new(settings: Arc<Settings>, columns: &[Column]) -> Self {
        Self { settings, names: columns.iter().map(|it| it.name.clone()).collect() }
    }

    fn field(&self, field: &str, text: &mut Vec<u8>) {
        match must_be_quoted(field, self.settings.csv_fieldsep) {
            true => text.extend_from_slice(format!("\"{}\"", field.replace('"', "\"\"")).as_bytes()),
            false => text.extend_from_slice(field.as_bytes()),
        }
    }

    fn line<'a>(&self, fields: impl Iterator<Item = &'a str>, text: &mut Vec<u8>) {
        for (at, field) in fields.enumerate() {
            if at > 0 {
                self.separator(text);
            }
            self.field(field, text);
        }
        text.push(b'\n');
    }

    fn separator(&self, text: &mut Vec<u8>) {
        text.extend_from_slice(self.settings.csv_fieldsep.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

impl Stream for Csv {
    fn head(&mut self, text: &mut Vec<u8>) {
        if !self.settings.tuples_only && self.settings.expanded != Expanded::On {
            self.line(self.names.iter().map(String::as_str), text);
        }
    }

    fn row(&mut self, row: &[Option<String>], text: &mut Vec<u8>) {
        // psql prints nothing at all for a row without columns.
        if row.is_empty() {
            return;
        }
        let fields = row.iter().map(|it| it.as_ref().unwrap_or(&self.settings.null).as_str());
        match self.settings.expanded {
            Expanded::On => {
                for (name, field) in self.names.iter().zip(fields) {
                    self.line([name.as_str(), field].into_iter(), text);
                }
            }
            Expanded::Off | Expanded::Auto => self.line(fields, text),
        }
    }

    fn foot(&mut self, _text: &mut Vec<u8>) {}
}

/// What would be read back as something else; `\.` would end what COPY reads.
fn must_be_quoted(field: &str, separator: char) -> bool {
    // Without an early end, the compiler makes it look at many bytes at once.
    let has_special = field.bytes().fold(false, |has, byte| has | matches!(byte, b'\r' | b'\n' | b'"'));
    has_special || matches!(separator, '\\' | '.') || field == "\\." || field.contains(separator)
}

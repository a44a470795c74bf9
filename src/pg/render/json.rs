//! An array of objects for each result, all on one line.

use crate::pg::query::Column;
use crate::pg::render::Stream;
use crate::pg::render::keys::unique;
use crate::pg::render::typed::{Kind, quote};

/// The stream of a result.
#[derive(Debug)]
pub struct Json {
    columns: Vec<(Vec<u8>, Kind)>,
    between: &'static [u8],
}

impl Json {
    /// A result of these columns.
    pub fn new(columns: &[Column]) -> Self {
        let key = |name: String| {
            let mut key = Vec::new();
            quote(&name, &mut key);
            key.push(b':');
            key
        };
        let keys = unique(columns).into_iter().map(key);
        Self { columns: keys.zip(columns.iter().map(Kind::of)).collect(), between: b"" }
    }
}

impl Stream for Json {
    fn head(&mut self, text: &mut Vec<u8>) {
        text.push(b'[');
    }

    fn row(&mut self, row: &[Option<String>], text: &mut Vec<u8>) {
        text.extend_from_slice(self.between);
        self.between = b",";
        let mut between: &[u8] = b"{";
        for ((key, kind), field) in self.columns.iter().zip(row) {
            text.extend_from_slice(between);
            text.extend_from_slice(key);
            kind.write(field.as_deref(), text);
            between = b",";
        }
        text.extend_from_slice(if row.is_empty() { b"{}" } else { b"}" });
    }

    fn foot(&mut self, text: &mut Vec<u8>) {
        text.extend_from_slice(b"]\n");
    }
}

//! A list of mappings for each result, each a document with its `---`: documents of many runs can be joined.

use std::borrow::Cow;

use crate::pg::query::Column;
use crate::pg::render::Stream;
use crate::pg::render::keys::unique;
use crate::pg::render::typed::{Kind, quote};

/// Words that mean something other than themselves to one of YAML's versions.
const RESERVED: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];

/// The stream of a result.
#[derive(Debug)]
pub struct Yaml {
    columns: Vec<(Vec<u8>, Kind)>,
    rows: Rows,
}

/// How many rows have been printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rows {
    None,
    Some,
}

impl Yaml {
    /// A result of these columns.
    pub fn new(columns: &[Column]) -> Self {
        let key = |name: String| {
            let mut key = Vec::new();
            scalar(&name, &mut key);
            key.extend_from_slice(b": ");
            key
        };
        let keys = unique(columns).into_iter().map(key);
        Self { columns: keys.zip(columns.iter().map(Kind::of)).collect(), rows: Rows::None }
    }
}

impl Stream for Yaml {
    fn head(&mut self, text: &mut Vec<u8>) {
        text.extend_from_slice(b"---\n");
    }

    fn row(&mut self, row: &[Option<String>], text: &mut Vec<u8>) {
        self.rows = Rows::Some;
        let mut indent: &[u8] = b"- ";
        for ((key, kind), field) in self.columns.iter().zip(row) {
            text.extend_from_slice(indent);
            text.extend_from_slice(key);
            match (kind, field) {
                (Kind::Text, Some(field)) => scalar(field, text),
                (Kind::Number, Some(field)) => kind.write(Some(&float(field)), text),
                (kind, field) => kind.write(field.as_deref(), text),
            }
            text.push(b'\n');
            indent = b"  ";
        }
        if row.is_empty() {
            text.extend_from_slice(b"- {}\n");
        }
    }

    fn foot(&mut self, text: &mut Vec<u8>) {
        if self.rows == Rows::None {
            text.extend_from_slice(b"[]\n");
        }
    }
}

/// A number with an exponent has a point too: without one it is a text to YAML 1.1.
fn float(field: &str) -> Cow<'_, str> {
    match field.split_once('e') {
        Some((number, exponent)) if !number.contains('.') => format!("{number}.0e{exponent}").into(),
        Some(_) | None => field.into(),
    }
}

/// Appends a text, in quotes unless it plainly is one.
fn scalar(field: &str, text: &mut Vec<u8>) {
    match is_plainly_text(field) {
        true => text.extend_from_slice(field.as_bytes()),
        false => quote(field, text),
    }
}

/// Words of letters, digits and what is harmless within them, with single spaces at most between.
fn is_plainly_text(field: &str) -> bool {
    let is_inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '@' | ' ');
    field.starts_with(|c: char| c.is_ascii_alphabetic())
        && field.chars().all(is_inner)
        && !field.ends_with(' ')
        && !RESERVED.iter().any(|it| field.eq_ignore_ascii_case(it))
}

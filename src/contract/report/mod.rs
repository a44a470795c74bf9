//! How judgments are told, for people and for programs. The same judgments make the same bytes.

use crate::contract::finding::Judgment;
use crate::contract::load::Loaded;
use crate::error::Error;
use crate::paint::Paint;

pub mod json;
pub mod junit;
pub mod sarif;
pub mod tap;
pub mod text;

/// The formats of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Text,
    /// One JSON document; its schema is contract/report.schema.json
    Json,
    /// JUnit's XML, a test case for each clause
    Junit,
    /// SARIF 2.1, for code hosts
    Sarif,
    /// Test Anything Protocol 14
    Tap,
}

/// What there is to be told.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// The contract that was judged by.
    pub loaded: &'a Loaded,
    /// How deep it was looked.
    pub layer: u8,
    /// What was found, resource by resource.
    pub judgments: &'a [Judgment],
    /// What the report for people looks like.
    pub paint: Paint,
}

impl Report<'_> {
    /// The report in a format.
    pub fn text(&self, format: Format) -> Result<String, Error> {
        match format {
            Format::Text => Ok(text::report(self)),
            Format::Json => json::report(self),
            Format::Junit => Ok(junit::report(self)),
            Format::Sarif => sarif::report(self),
            Format::Tap => tap::report(self),
        }
    }
}

/// A text in one line, in which everything can be seen: what is in a resource's files has no say in how a report looks.
pub fn printable(text: &str) -> String {
    text.chars()
        .map(|it| if is_hidden(it) { it.escape_default().to_string() } else { it.to_string() })
        .collect()
}

/// Whether a character does something instead of showing something: controls, what turns the direction of writing around,
/// and what is no character at all.
fn is_hidden(it: char) -> bool {
    it.is_control()
        || matches!(it, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || matches!(u32::from(it) & 0xffff, 0xfffe | 0xffff)
}

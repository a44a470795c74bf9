//! `Fault`: where a text cannot be understood, and why, each said once.

/// Where a text cannot be understood, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Line and column, counted from 1, where they are known.
    pub at: Option<(usize, usize)>,
    /// Why, without the place.
    pub why: String,
}

impl From<serde_yaml::Error> for Fault {
    fn from(err: serde_yaml::Error) -> Self {
        Self::said(&err.to_string(), err.location().map(|it| (it.line(), it.column())))
    }
}

impl Fault {
    /// The parsers' own words have the place somewhere among them.
    fn said(text: &str, at: Option<(usize, usize)>) -> Self {
        let place = at.map(|(line, column)| format!(" at line {line} column {column}"));
        Self { at, why: text.replacen(&place.unwrap_or_default(), "", 1) }
    }
}

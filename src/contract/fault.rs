//! `Fault`: where a text cannot be understood, and why, each said once.

use serde::Deserialize;
use serde_json::Value;

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

impl From<serde_json::Error> for Fault {
    fn from(err: serde_json::Error) -> Self {
        Self::said(&err.to_string(), Some((err.line(), err.column())))
    }
}

impl Fault {
    /// The parsers' own words have the place somewhere among them.
    fn said(text: &str, at: Option<(usize, usize)>) -> Self {
        let place = at.map(|(line, column)| format!(" at line {line} column {column}"));
        Self { at, why: text.replacen(&place.unwrap_or_default(), "", 1) }
    }
}

/// Reads a JSON object.
pub(crate) fn json_object(text: &[u8]) -> Result<Value, Fault> {
    match serde_json::from_slice(text)? {
        value @ Value::Object(_) => Ok(value),
        _ => Err(Fault { at: None, why: "JSON that is no object".to_owned() }),
    }
}

/// Reads YAML, of however many documents.
pub(crate) fn yaml(text: &[u8]) -> Result<(), Fault> {
    for document in serde_yaml::Deserializer::from_slice(text) {
        serde_yaml::Value::deserialize(document)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_told_from_other_json_and_from_what_is_none() {
        let why = |text: &str| json_object(text.as_bytes()).map(drop).map_err(|it| (it.at, it.why));
        assert_eq!(why("{\"a\": 1}\n"), Ok(()));
        assert_eq!(why("[1]"), Err((None, "JSON that is no object".to_owned())));
        assert_eq!(why("{\n\"a\": }"), Err((Some((2, 6)), "expected value".to_owned())));
        assert_eq!(why(&"[".repeat(1000)), Err((Some((1, 128)), "recursion limit exceeded".to_owned())));
    }

    #[test]
    fn yaml_may_be_of_several_documents_and_each_is_read() {
        for text in ["", "a: 1\n", "---\na: &x [1]\n---\n- !tag 2\n..."] {
            assert_eq!(yaml(text.as_bytes()), Ok(()), "{text}");
        }
        let at = |text: &[u8]| yaml(text).unwrap_err().at;
        assert_eq!(at(b"a: 1\n---\nb: [\n"), Some((4, 1)));
        assert_eq!(at(b"a: 1\na: 2\n"), Some((1, 1)));
        assert_eq!(at(b"a: \xff\n"), Some((1, 1)));
        // Aliases of aliases, which would be a billion values.
        let more = (1..10).map(|it| format!("a{it}: &a{it} [{}]\n", format!("*a{},", it - 1).repeat(9)));
        assert!(yaml(format!("a0: &a0 [1]\n{}", more.collect::<String>()).as_bytes()).is_err());
    }
}

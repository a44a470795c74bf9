//! Fields as JSON values: what a column's type says about its text.

use tokio_postgres::types::Type;

use crate::pg::query::Column;

/// What the text of a column's fields is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A number, or a word such as `NaN`.
    Number,
    /// `t` or `f`.
    Boolean,
    /// JSON.
    Json,
    /// Anything else.
    Text,
}

impl Kind {
    /// The kind of a column. A domain is what it is made from: the server tells so.
    pub fn of(column: &Column) -> Self {
        match Type::from_oid(column.type_oid) {
            Some(Type::INT2 | Type::INT4 | Type::INT8) => Self::Number,
            Some(Type::FLOAT4 | Type::FLOAT8 | Type::NUMERIC) => Self::Number,
            Some(Type::BOOL) => Self::Boolean,
            Some(Type::JSON | Type::JSONB) => Self::Json,
            Some(_) | None => Self::Text,
        }
    }

    /// Appends a field as JSON.
    pub fn write(self, field: Option<&str>, text: &mut Vec<u8>) {
        let Some(field) = field else { return text.extend_from_slice(b"null") };
        match self {
            Self::Number if is_number(field) => text.extend_from_slice(field.as_bytes()),
            Self::Boolean if field == "t" => text.extend_from_slice(b"true"),
            Self::Boolean if field == "f" => text.extend_from_slice(b"false"),
            Self::Json => embed(field, text),
            Self::Number | Self::Boolean | Self::Text => quote(field, text),
        }
    }
}

/// Whether a text is a number in JSON's grammar.
fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    let number = text.strip_prefix('-').unwrap_or(text);
    let (number, exponent) = match number.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, exponent.strip_prefix(['-', '+']).unwrap_or(exponent)),
        None => (number, "0"),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let is_whole = digits(whole) && (whole == "0" || !whole.starts_with('0'));
    is_whole && digits(fraction) && digits(exponent)
}

/// Appends a JSON value without the space between its parts, so that it takes one line.
fn embed(json: &str, text: &mut Vec<u8>) {
    let mut rest = json;
    while let Some((outside, string)) = rest.split_once('"') {
        text.extend(outside.bytes().filter(|it| !it.is_ascii_whitespace()));
        let (string, below) = string.split_at(string_end(string));
        text.push(b'"');
        escape(string, Escape::Unprintable, text);
        text.push(b'"');
        rest = below.get(1..).unwrap_or_default();
    }
    text.extend(rest.bytes().filter(|it| !it.is_ascii_whitespace()));
}

/// Where the string ends that begins here.
fn string_end(text: &str) -> usize {
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|it| it.find(['"', '\\'])) {
        let at = from + at;
        if text.as_bytes().get(at) == Some(&b'"') {
            return at;
        }
        from = at + 2;
    }
    text.len()
}

/// Appends a text as a JSON string, which is one of YAML too.
pub fn quote(field: &str, text: &mut Vec<u8>) {
    text.push(b'"');
    escape(field, Escape::All, text);
    text.push(b'"');
}

/// What is escaped in a string.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Escape {
    /// All that cannot stand in a string.
    All,
    /// What YAML does not allow in a string of JSON's.
    Unprintable,
}

fn escape(field: &str, what: Escape, text: &mut Vec<u8>) {
    // Without an early end, the compiler makes it look at many bytes at once.
    let is_plain = |byte| matches!(byte, b' '..=b'~') & !matches!(byte, b'"' | b'\\');
    if field.bytes().fold(true, |plain, byte| plain & is_plain(byte)) {
        return text.extend_from_slice(field.as_bytes());
    }
    let mut done = 0;
    for (at, c) in field.char_indices().filter(|(_, c)| must_be_escaped(*c, what)) {
        text.extend_from_slice(field.get(done..at).unwrap_or_default().as_bytes());
        text.extend_from_slice(escaped(c).as_bytes());
        done = at + c.len_utf8();
    }
    text.extend_from_slice(field.get(done..).unwrap_or_default().as_bytes());
}

/// Beside control characters, YAML does not take two line separators, byte order marks and U+FFFE, U+FFFF as they are.
fn must_be_escaped(c: char, what: Escape) -> bool {
    match c {
        '"' | '\\' => what == Escape::All,
        ' '..='~' => false,
        c => c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'),
    }
}

fn escaped(c: char) -> String {
    match c {
        '"' => "\\\"".to_owned(),
        '\\' => "\\\\".to_owned(),
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        c => format!("\\u{:04x}", u32::from(c)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(kind: Kind, field: &str) -> String {
        let mut text = Vec::new();
        kind.write(Some(field), &mut text);
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn a_number_is_one_if_json_knows_it() {
        for text in ["0", "-7", "1.50", "1e+20", "1e-05", "-0", "0.000000001", "12345678901234567890.1"] {
            assert_eq!(written(Kind::Number, text), text);
            assert!(serde_json::from_str::<serde_json::Number>(text).is_ok(), "{text}");
        }
        for text in ["NaN", "Infinity", "-Infinity", "", "-", "01", "1.", ".5", "1e", "0x1f"] {
            assert_eq!(written(Kind::Number, text), format!("\"{text}\""));
        }
    }

    #[test]
    fn json_is_embedded_on_one_line_and_means_the_same() {
        let json = "{\n \"a b\" : [1 , null,\t\"x \\\" \\\\\"] , \"\u{7f}\":\"\" }";
        let text = written(Kind::Json, json);
        assert_eq!(text, r#"{"a b":[1,null,"x \" \\"],"\u007f":""}"#);
        let value = |json| serde_json::from_str::<serde_json::Value>(json).unwrap();
        assert_eq!(value(&text), value(json));
    }

    #[test]
    fn a_text_is_the_same_when_json_and_yaml_read_it() {
        let all: String = ('\u{1}'..'\u{300}').chain("\u{2028}\u{feff}\u{ffff}😀\r\n".chars()).collect();
        let quoted = written(Kind::Text, &all);
        assert_eq!(serde_json::from_str::<String>(&quoted).unwrap(), all);
        assert_eq!(serde_yaml::from_str::<String>(&quoted).unwrap(), all);
    }
}

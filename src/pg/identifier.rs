//! `Identifier`: a name that PostgreSQL takes as it is, and what it looks like in SQL.

use std::fmt;
use std::str::FromStr;

use crate::pg::admin::quoted;

/// The longest name, in bytes. The server cuts a longer one off, and only a notice says so.
pub const MAX_BYTES: usize = 63;

/// The name of a database, role, schema or extension: 1 to 63 bytes of anything but NUL.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(try_from = "String")]
pub struct Identifier(String);

impl Identifier {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as SQL wants it where it stands for itself.
    pub fn quoted(&self) -> String {
        quoted(&self.0)
    }

    /// The name as a value in SQL.
    pub fn literal(&self) -> String {
        literal(&self.0)
    }
}

impl FromStr for Identifier {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.len() {
            0 => Err("a name in PostgreSQL is not empty".to_owned()),
            1..=MAX_BYTES if text.contains('\0') => Err("a name in PostgreSQL holds no NUL".to_owned()),
            1..=MAX_BYTES => Ok(Self(text.to_owned())),
            bytes => {
                Err(format!("a name in PostgreSQL has {MAX_BYTES} bytes at most, and this one has {bytes}"))
            }
        }
    }
}

impl TryFrom<String> for Identifier {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A value as SQL wants it, whatever the session says of backslashes.
pub fn literal(text: &str) -> String {
    let doubled = text.replace('\'', "''");
    match text.contains('\\') {
        // The space keeps the `E` from becoming part of the word before it.
        true => format!(" E'{}'", doubled.replace('\\', "\\\\")),
        false => format!("'{doubled}'"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_the_server_would_change_or_not_take_is_refused() {
        for bad in ["", "a\0b", &"x".repeat(64), &"é".repeat(32)] {
            assert!(bad.parse::<Identifier>().is_err(), "{bad:?}");
        }
        for good in ["a", "a b", "\"", "'", "%", "\\", "-x", "é", &"x".repeat(63), &"é".repeat(31)] {
            assert!(good.parse::<Identifier>().is_ok(), "{good:?}");
        }
    }

    #[test]
    fn quotes_and_backslashes_stay_inside_what_they_are_put_in() {
        let name: Identifier = "a\"b'c\\d".parse().unwrap();
        assert_eq!(name.quoted(), "\"a\"\"b'c\\d\"");
        assert_eq!(name.literal(), " E'a\"b''c\\\\d'");
        assert_eq!(literal("it's"), "'it''s'");
    }
}

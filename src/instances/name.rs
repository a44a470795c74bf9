//! `Name`: an instance's name, valid in a path, a container name and SQL alike.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

/// Longest name that is accepted, in characters.
pub const MAX_LENGTH: usize = 50;

/// An instance's name: 1 to 50 of `a-z A-Z 0-9 _ -`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Name(String);

impl Name {
    /// The instance that commands mean when none is named.
    pub fn main() -> Self {
        Self("main".to_owned())
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Name {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if text.is_empty() || text.len() > MAX_LENGTH || !text.chars().all(allowed) {
            return Err(format!(
                "an instance's name has 1 to {MAX_LENGTH} of the characters a-z A-Z 0-9 _ -"
            ));
        }
        if text.starts_with('-') {
            return Err("an instance's name does not begin with `-`".to_owned());
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_could_leave_its_folder_or_break_sql_is_refused() {
        for bad in ["", "..", "a/b", "a b", "a;b", "a.b", "é", "-x", "a\"b", &"x".repeat(51)] {
            assert!(bad.parse::<Name>().is_err(), "{bad:?}");
        }
        for good in ["main", "A-1_b", "_x", &"x".repeat(50)] {
            assert!(good.parse::<Name>().is_ok(), "{good:?}");
        }
    }
}

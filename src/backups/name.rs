//! `BackupName`: a name that is one folder's and nothing else.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

use crate::error::Error;

/// The folder of archived WAL among an instance's backups.
pub const WAL: &str = "wal";
/// The longest name, in bytes.
const LONGEST: usize = 100;

/// A backup's name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BackupName(String);

impl BackupName {
    /// What a backup of this moment is called.
    ///
    /// # Errors
    /// Where the prefix is no beginning of a name.
    pub fn now(prefix: &str) -> Result<Self, Error> {
        let name = format!("{prefix}-{}", Timestamp::now().strftime("%Y%m%d-%H%M%S"));
        name.parse().map_err(Error::Usage)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for BackupName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_plain = |it: char| it.is_ascii_alphanumeric() || "._-".contains(it);
        let begins = text.starts_with(|it: char| it.is_ascii_alphanumeric());
        match begins && text != WAL && text.len() <= LONGEST && text.chars().all(is_plain) {
            true => Ok(Self(text.to_owned())),
            false => Err(format!(
                "up to {LONGEST} letters, digits, `.`, `_` and `-` are one, with a letter or digit at the beginning, and `{WAL}` is none"
            )),
        }
    }
}

impl fmt::Display for BackupName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_folder_or_hide_in_it() {
        for (name, is_one) in [
            ("full-20261124-120000", true),
            ("1.2_a", true),
            ("", false),
            ("..", false),
            (".new-a", false),
            ("a/b", false),
            ("-a", false),
            ("a b", false),
            ("wal", false),
            ("wall", true),
        ] {
            assert_eq!(name.parse::<BackupName>().is_ok(), is_one, "{name}");
        }
        assert!("a".repeat(101).parse::<BackupName>().is_err());
    }
}

//! The names of migration files, and what they tell.

use std::fmt;
use std::str::FromStr;

/// Digits from which on a version is a point in time: seconds since 1970 have ten.
const TIMESTAMP_DIGITS: usize = 10;
/// The most digits that a version may have: `u64` holds them all.
const MOST_DIGITS: usize = 19;

/// The version of a migration: a number, or a point in time. `001` and `1` are the same.
#[derive(Clone, Debug)]
pub struct Version {
    digits: String,
    number: u64,
}

/// What a file is to its migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// `V_name.sql`: the migration, maybe with the way back in it.
    Whole,
    /// `V_name.up.sql`.
    Up,
    /// `V_name.down.sql`, or `rollback_V_name.sql`.
    Down,
    /// `V_name.verify.sql`.
    Verify,
}

/// A file's name, taken apart.
#[derive(Clone, Debug)]
pub(super) struct FileName {
    pub version: Version,
    /// What follows the version, with spaces.
    pub title: String,
    /// Version and title as they are written, which upstream takes for the version.
    pub stem: String,
    pub part: Part,
    /// Whether it is of a pair of files that say `up` and `down`.
    pub is_of_pair: bool,
}

impl Version {
    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.digits
    }

    /// The number that it stands for.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Whether it is a point in time, and no number.
    pub fn is_timestamp(&self) -> bool {
        self.digits.len() >= TIMESTAMP_DIGITS
    }
}

impl FromStr for Version {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_good = text.len() <= MOST_DIGITS && text.bytes().all(|it| it.is_ascii_digit());
        let number = text.parse().ok().filter(|_| is_good);
        let number = number.ok_or("a version is a number, or a timestamp such as 20261123100000")?;
        Ok(Self { digits: text.to_owned(), number })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.digits)
    }
}

/// The number that a recorded version begins with: upstream records `001_create_users`, others `001`.
pub fn number(recorded: &str) -> Option<u64> {
    let end = recorded.bytes().position(|it| !it.is_ascii_digit()).unwrap_or(recorded.len());
    recorded.get(..end)?.parse().ok()
}

impl FileName {
    /// Takes a name apart. None if it is no migration's.
    pub(super) fn parse(name: &str) -> Option<Self> {
        let stem = name.strip_suffix(".sql")?;
        let (stem, part, is_of_pair) = match stem.strip_prefix("rollback_") {
            Some(stem) => (stem, Part::Down, false),
            None => [(".up", Part::Up, true), (".down", Part::Down, true), (".verify", Part::Verify, false)]
                .into_iter()
                .find_map(|(suffix, part, pair)| Some((stem.strip_suffix(suffix)?, part, pair)))
                .unwrap_or((stem, Part::Whole, false)),
        };
        let below = stem.strip_prefix('V').unwrap_or(stem);
        let digits = below.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = below.split_at(digits);
        let title = rest.trim_start_matches(['_', '.', '-', ' ']);
        // `12monkeys.sql` has no version.
        if !rest.is_empty() && title.len() == rest.len() {
            return None;
        }
        Some(Self {
            version: digits.parse().ok()?,
            title: title.replace('_', " "),
            stem: stem.to_owned(),
            part,
            is_of_pair,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_version_title_and_part() {
        let told = |name: &str| FileName::parse(name).map(|it| (it.version.number(), it.title, it.part));
        let all = [
            ("001_create_users.sql", 1, "create users", Part::Whole),
            ("rollback_001_create_users.sql", 1, "create users", Part::Down),
            ("20261123100000_a.up.sql", 20_261_123_100_000, "a", Part::Up),
            ("2.a.down.sql", 2, "a", Part::Down),
            ("3-a-b.verify.sql", 3, "a-b", Part::Verify),
            ("V4__b.sql", 4, "b", Part::Whole),
            ("5.sql", 5, "", Part::Whole),
        ];
        for (name, version, title, part) in all {
            assert_eq!(told(name), Some((version, title.to_owned(), part)), "{name}");
        }
        for name in ["users.sql", "12monkeys.sql", "_1.sql", "1_a.txt", "12345678901234567890_a.sql"] {
            assert_eq!(told(name), None, "{name}");
        }
    }

    #[test]
    fn a_recorded_version_begins_with_its_number_whoever_recorded_it() {
        assert_eq!(number("001_create_users"), Some(1));
        assert_eq!(number("20261123100000"), Some(20_261_123_100_000));
        assert_eq!(number("rollback_003_x"), None);
        assert_eq!(number(""), None);
    }
}

//! `Replay`: whose WAL a server replays before it becomes one of its own, and up to where.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How the name of an archived segment ends, which is compressed by `gzip`.
pub const ENDING: &str = ".gz";

/// A place in all WAL of a server, counted in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Lsn(pub u64);

/// Up to where WAL is replayed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Until {
    /// All that was committed up to this moment.
    Time(Timestamp),
    /// All up to this place.
    Lsn(Lsn),
    /// All up to the restore point of this name.
    Name(String),
    /// All that there is.
    Latest,
}

/// The WAL that a server replays when it is started for the first time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replay {
    /// The folder in which it is archived.
    pub archive: PathBuf,
    /// Up to where.
    pub until: Until,
}

impl Until {
    /// The flag of `content restore` that asks for it.
    pub fn flag(&self) -> String {
        match self {
            Self::Time(at) => format!("--to {at}"),
            Self::Lsn(at) => format!("--to-lsn {at}"),
            Self::Name(name) => format!("--to-name {name}"),
            Self::Latest => "--to latest".to_owned(),
        }
    }
}

impl fmt::Display for Lsn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:X}/{:X}", self.0 >> 32, self.0 & u64::from(u32::MAX))
    }
}

impl FromStr for Lsn {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let half = |it: &str| match it.len() {
            1..=8 => u32::from_str_radix(it, 16).ok().filter(|_| !it.starts_with('+')).map(u64::from),
            _ => None,
        };
        let halves = text.split_once('/').and_then(|(high, low)| half(high).zip(half(low)));
        let (high, low) = halves.ok_or_else(|| format!("`{text}` is no place in WAL such as 0/3000148"))?;
        Ok(Self(high << 32 | low))
    }
}

impl TryFrom<String> for Lsn {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Lsn> for String {
    fn from(lsn: Lsn) -> Self {
        lsn.to_string()
    }
}

const LSN: &str = "LSN ";
const NAME: &str = "restore point ";
const LATEST: &str = "the latest";

impl fmt::Display for Until {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Time(at) => write!(f, "{at}"),
            Self::Lsn(at) => write!(f, "{LSN}{at}"),
            Self::Name(name) => write!(f, "{NAME}{name}"),
            Self::Latest => f.write_str(LATEST),
        }
    }
}

impl FromStr for Until {
    type Err = String;

    /// Reads what `Display` wrote.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(lsn) = text.strip_prefix(LSN) {
            return lsn.parse().map(Self::Lsn);
        }
        if let Some(name) = text.strip_prefix(NAME) {
            return Ok(Self::Name(name.to_owned()));
        }
        match text {
            LATEST => Ok(Self::Latest),
            time => time.parse().map(Self::Time).map_err(|err: jiff::Error| err.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_wal_is_read_as_it_is_written() {
        for text in ["0/0", "0/3000148", "16/B374D848", "FFFFFFFF/FFFFFFFF"] {
            assert_eq!(text.parse::<Lsn>().unwrap().to_string(), text);
        }
        for wrong in ["", "0", "0/", "/0", "0/x", "0/123456789", "0/+1", "1/2/3"] {
            assert!(wrong.parse::<Lsn>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_a_record_says_of_a_replay_is_read_back() {
        let time = Until::Time("2026-11-23T10:00:00.25Z".parse().unwrap());
        for until in [time, Until::Lsn(Lsn(0x300_0148)), Until::Name("LSN 1".to_owned()), Until::Latest] {
            assert_eq!(until.to_string().parse(), Ok(until));
        }
    }
}

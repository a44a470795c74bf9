//! Artifacts: files stored with an instance, at `content/<kind>/<name>` in its folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::Serialize;

use crate::error::{Error, IoContext, absent_is_none};

pub mod applied;
mod earlier_layout;
pub mod meta;
mod stored;

/// What an artifact is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// SQL that makes a schema: applied when it is added
    Schema,
    /// SQL that fills tables: applied when it is added
    Seed,
    /// SQL that changes a schema
    Migration,
    /// SQL that asks
    Query,
    /// SQL that defines functions
    Function,
    /// Any other file
    Data,
}

/// All kinds, in order.
const KINDS: [Kind; 6] = [Kind::Schema, Kind::Seed, Kind::Migration, Kind::Query, Kind::Function, Kind::Data];

impl Kind {
    /// The kind in lower case, which is its folder's name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Schema => "schema",
            Self::Seed => "seed",
            Self::Migration => "migration",
            Self::Query => "query",
            Self::Function => "function",
            Self::Data => "data",
        }
    }

    /// Whether adding it runs it.
    pub fn is_applied(self) -> bool {
        match self {
            Self::Schema | Self::Seed => true,
            Self::Migration | Self::Query | Self::Function | Self::Data => false,
        }
    }

    /// Whether it can be run at all.
    pub fn is_sql(self) -> bool {
        self != Self::Data
    }
}

/// An artifact's name, which is a file's name: 1 to 100 of `a-z A-Z 0-9 _ - .`, not beginning with `.` or `-`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ArtifactName(String);

impl ArtifactName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ArtifactName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
        if text.is_empty() || text.len() > 100 || text.starts_with(['.', '-']) || !text.chars().all(allowed) {
            return Err("a content's name has 1 to 100 of the characters a-z A-Z 0-9 _ - .".to_owned());
        }
        Ok(Self(text.to_owned()))
    }
}

/// One stored artifact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// What it is for.
    pub kind: Kind,
    /// Its name.
    pub name: ArtifactName,
    /// Where it lies.
    pub path: PathBuf,
    /// The folder of all that the instance stores.
    content: PathBuf,
}

impl Artifact {
    /// The place of an artifact, whether it is there or not.
    pub fn at(instance: &Path, kind: Kind, name: &ArtifactName) -> Self {
        let content = instance.join("content");
        let path = content.join(kind.word()).join(name.as_str());
        Self { kind, name: name.clone(), path, content }
    }

    /// The artifact of this name: that of the kind which is asked for, or the only one. Two kinds may have one name, and
    /// it would be a guess which is meant.
    pub fn find(instance: &Path, name: &str, kind: Option<Kind>) -> Result<Option<Self>, Error> {
        let Ok(name) = name.parse() else { return Ok(None) };
        let kinds = KINDS.into_iter().filter(|it| kind.is_none_or(|kind| kind == *it));
        let found = kinds.map(|kind| Self::at(instance, kind, &name)).filter(|it| it.path.is_file());
        match found.collect::<Vec<_>>().as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(one.clone())),
            several => Err(Error::SeveralKinds {
                name: name.as_str().to_owned(),
                kinds: several.iter().map(|it| it.kind.word()).collect::<Vec<_>>().join(", "),
            }),
        }
    }

    /// All artifacts of an instance, by kind and name.
    pub fn list(instance: &Path) -> Result<Vec<Self>, Error> {
        let mut all = Vec::new();
        for kind in KINDS {
            let dir = instance.join("content").join(kind.word());
            let entries = absent_is_none(fs::read_dir(&dir)).doing("listing", &dir)?;
            let entries = entries.into_iter().flatten().flatten();
            let mut names: Vec<String> =
                entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
            names.sort();
            all.extend(names.iter().filter_map(|name| Some(Self::at(instance, kind, &name.parse().ok()?))));
        }
        Ok(all)
    }
}

/// Text that is valid in a path and in a URL: all but RFC 3986's unreserved characters as `%XX`.
pub fn percent_encoded(text: &str) -> String {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let byte = |byte| if unreserved(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_could_leave_its_folder_is_refused() {
        for bad in ["", ".", "..", "a/b", ".hidden", "-x", "a b"] {
            assert!(bad.parse::<ArtifactName>().is_err(), "{bad:?}");
        }
        assert!("001_init.sql".parse::<ArtifactName>().is_ok());
    }

    #[test]
    fn encoding_escapes_what_would_end_the_part_of_a_url_or_path() {
        assert_eq!(percent_encoded("a@b/c%é"), "a%40b%2Fc%25%C3%A9");
        assert_eq!(percent_encoded("A-z_0.9~"), "A-z_0.9~");
    }

    #[test]
    fn a_name_that_two_kinds_have_is_found_by_its_kind_only() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(Artifact::find(dir.path(), "a.sql", None).unwrap(), None);
        assert_eq!(Artifact::find(dir.path(), "../a", None).unwrap(), None);
        let at = |kind| Artifact::at(dir.path(), kind, &"a.sql".parse().unwrap());
        for kind in [Kind::Seed, Kind::Query] {
            fs::create_dir_all(dir.path().join("content").join(kind.word())).unwrap();
            fs::write(at(kind).path, "SELECT 1").unwrap();
        }
        let several = Artifact::find(dir.path(), "a.sql", None).unwrap_err();
        assert_eq!(several.line(), "`a.sql` is stored under several types: seed, query");
        let found = |kind| Artifact::find(dir.path(), "a.sql", Some(kind)).unwrap();
        assert_eq!(found(Kind::Query), Some(at(Kind::Query)));
        assert_eq!(found(Kind::Data), None);
        assert_eq!(Artifact::list(dir.path()).unwrap(), [at(Kind::Seed), at(Kind::Query)]);
    }
}

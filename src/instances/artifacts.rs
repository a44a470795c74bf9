//! Artifacts: files stored with an instance, at `content/<kind>/<name>` in its folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::Serialize;

use crate::error::{Error, IoContext, is_absent};
use crate::instances::store::{make_dir, write_bytes};

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

/// Where an instance keeps copies of what was applied, by database.
const APPLIED: &str = "content/.applied";

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
}

impl Artifact {
    /// The place of an artifact, whether it is there or not.
    pub fn at(instance: &Path, kind: Kind, name: &ArtifactName) -> Self {
        let path = instance.join("content").join(kind.word()).join(name.as_str());
        Self { kind, name: name.clone(), path }
    }

    /// The copy that is kept of what was applied to `database` last.
    pub fn applied_to(&self, instance: &Path, database: &str) -> Self {
        // The prefix keeps databases called `.` and `..` from being taken for those folders.
        let dir = instance.join(APPLIED).join(format!("db-{}", percent_encoded(database)));
        let path = dir.join(self.kind.word()).join(self.name.as_str());
        Self { kind: self.kind, name: self.name.clone(), path }
    }

    /// The artifact of this name, of whatever kind.
    pub fn find(instance: &Path, name: &ArtifactName) -> Option<Self> {
        KINDS.into_iter().map(|kind| Self::at(instance, kind, name)).find(|it| it.path.is_file())
    }

    /// All artifacts of an instance, by kind and name.
    pub fn list(instance: &Path) -> Result<Vec<Self>, Error> {
        let mut all = Vec::new();
        for kind in KINDS {
            let dir = instance.join("content").join(kind.word());
            let entries = match fs::read_dir(&dir) {
                Err(err) if is_absent(&err) => continue,
                entries => entries.doing("listing", &dir)?,
            };
            let mut names: Vec<String> =
                entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
            names.sort();
            all.extend(names.iter().filter_map(|name| Some(Self::at(instance, kind, &name.parse().ok()?))));
        }
        Ok(all)
    }

    /// What is stored; `None` if nothing is.
    pub fn read(&self) -> Result<Option<Vec<u8>>, Error> {
        match fs::read(&self.path) {
            Err(err) if is_absent(&err) => Ok(None),
            read => read.doing("reading", &self.path).map(Some),
        }
    }

    /// Stores it, whole or not at all.
    pub fn write(&self, bytes: &[u8]) -> Result<(), Error> {
        if let Some(dir) = self.path.parent() {
            make_dir(dir, 0o700)?;
        }
        write_bytes(&self.path, bytes)
    }

    /// Deletes it, and what is kept of it for each database that it was applied to: added again, it is new.
    pub fn delete(&self, instance: &Path) -> Result<(), Error> {
        for database in fs::read_dir(instance.join(APPLIED)).into_iter().flatten().flatten() {
            let copy = database.path().join(self.kind.word()).join(self.name.as_str());
            match fs::remove_file(&copy) {
                Err(err) if is_absent(&err) => {}
                removed => removed.doing("deleting", &copy)?,
            }
        }
        fs::remove_file(&self.path).doing("deleting", &self.path)
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
    fn a_databases_name_cannot_leave_the_folder_of_what_was_applied() {
        let artifact = Artifact::at(Path::new("/i"), Kind::Schema, &"a.sql".parse().unwrap());
        let path = artifact.applied_to(Path::new("/i"), "..").path;
        assert_eq!(path, Path::new("/i/content/.applied/db-../schema/a.sql"));
    }

    #[test]
    fn encoding_escapes_what_would_end_the_part_of_a_url_or_path() {
        assert_eq!(percent_encoded("a@b/c%é"), "a%40b%2Fc%25%C3%A9");
        assert_eq!(percent_encoded("A-z_0.9~"), "A-z_0.9~");
    }

    #[test]
    fn what_is_written_is_listed_found_and_read_back() {
        let dir = tempfile::tempdir().unwrap();
        let name: ArtifactName = "a.sql".parse().unwrap();
        assert_eq!(Artifact::find(dir.path(), &name), None);
        let artifact = Artifact::at(dir.path(), Kind::Query, &name);
        artifact.write(b"SELECT 1").unwrap();
        assert_eq!(Artifact::list(dir.path()).unwrap(), std::slice::from_ref(&artifact));
        assert_eq!(Artifact::find(dir.path(), &name), Some(artifact.clone()));
        assert_eq!(artifact.read().unwrap().unwrap(), b"SELECT 1");
    }
}

//! What was stored before there was metadata: bytes, and copies of what each database got.

use std::fs;
use std::path::PathBuf;

use crate::checksum::Checksum;
use crate::error::{Error, IoContext, absent_is_fine};
use crate::instances::artifacts::Artifact;
use crate::instances::artifacts::applied::Application;
use crate::instances::artifacts::meta::Found;

/// A copy of what a database got, in a folder that is named after the database.
#[derive(Debug)]
pub(super) struct Copy {
    database: String,
    path: PathBuf,
}

impl Artifact {
    /// The copies that are kept of it, by database.
    pub(super) fn copies(&self) -> Vec<Copy> {
        let databases = fs::read_dir(self.content.join(".applied")).into_iter().flatten().flatten();
        let copy = |dir: PathBuf| {
            let database = decoded(dir.file_name()?.to_str()?.strip_prefix("db-")?)?;
            let path = dir.join(self.kind.word()).join(self.name.as_str());
            path.is_file().then_some(Copy { database, path })
        };
        let mut copies: Vec<Copy> = databases.filter_map(|it| copy(it.path())).collect();
        copies.sort_by(|left, right| left.database.cmp(&right.database));
        copies
    }

    /// Deletes them.
    pub(super) fn delete_copies(&self) -> Result<(), Error> {
        for copy in self.copies() {
            absent_is_fine(fs::remove_file(&copy.path)).doing("deleting", &copy.path)?;
            // Its folders go with the last copy in them.
            for dir in copy.path.ancestors().skip(1).take(3) {
                let _ = fs::remove_dir(dir);
            }
        }
        Ok(())
    }
}

impl Copy {
    /// Where the bytes of the copy were applied; nobody noted more of the database than its name.
    pub(super) fn application(self, current: &Found) -> Result<Application, Error> {
        let bytes = fs::read(&self.path).doing("reading", &self.path)?;
        let sha256 = Checksum::of(&bytes);
        let revision = (sha256 == current.sha256).then_some(1);
        let applied = super::stored::modified(&self.path)?;
        Ok(Application {
            database: self.database,
            oid: None,
            system_identifier: None,
            revision,
            sha256,
            applied,
        })
    }
}

/// Text of which all but unreserved characters were written as `%XX`.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        let (byte, behind) = match (first, behind) {
            (b'%', [high, low, behind @ ..]) => {
                let digits = [*high, *low];
                (u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?, behind)
            }
            _ => (*first, behind),
        };
        bytes.push(byte);
        rest = behind;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instances::artifacts::percent_encoded;

    #[test]
    fn a_databases_name_is_read_back_from_its_folders_name() {
        for name in ["shop", "..", "a/b %41", "é\"'日本"] {
            assert_eq!(decoded(&percent_encoded(name)).as_deref(), Some(name));
        }
        for broken in ["%zz", "%ff"] {
            assert_eq!(decoded(broken), None, "{broken}");
        }
    }
}

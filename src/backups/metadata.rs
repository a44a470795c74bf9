//! `Metadata`: what is known of a backup: what it is of, what is in it, and whether it was proved.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::checksum::Checksum;
use crate::error::Error;
use crate::replay::Lsn;

/// The form of backups that this program writes.
pub const FORMAT: u32 = 1;
/// That of upstream's, which say none.
const UPSTREAMS: u32 = 0;

/// What is in a backup.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Roles, definitions and rows of databases
    #[default]
    Full,
    /// Definitions only
    Schema,
    /// Rows only
    Data,
    /// The files of the whole instance, from which points in time are reached
    Physical,
}

impl Kind {
    /// Its word in command lines and documents.
    pub fn word(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Schema => "schema",
            Self::Data => "data",
            Self::Physical => "physical",
        }
    }
}

/// How files of a backup are compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Compression {
    /// By zstd, where the server's programs have it (from 16 on, by how they were built), else by gzip
    #[default]
    Zstd,
    /// By gzip
    Gzip,
    /// Not at all
    None,
}

/// What is known of a backup. The first keys are upstream's; `serde_json` writes each on a line of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// The instance that it is of.
    pub instance: String,
    /// Its name.
    pub backup_name: String,
    /// What is in it.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// `completed`; upstream's say `success`, `failed` or `in_progress`.
    pub status: String,
    /// When it was begun, RFC 3339.
    pub created: String,
    /// When it was whole, RFC 3339.
    #[serde(default)]
    pub completed: String,
    /// The server's version, such as `16.4`.
    #[serde(default)]
    pub postgres_version: String,
    /// How the instance was configured, without secrets.
    #[serde(default)]
    pub instance_config: BTreeMap<String, serde_json::Value>,
    /// The form of this backup.
    #[serde(default)]
    pub format: u32,
    /// The server's version as a number, such as 160004.
    #[serde(default)]
    pub server_version_num: u32,
    /// What tells the server's data from all other data.
    #[serde(default)]
    pub system_identifier: String,
    /// Where the server's WAL was when the backup was begun.
    #[serde(default)]
    pub lsn: String,
    /// How long it took, in milliseconds.
    #[serde(default)]
    pub duration_ms: u64,
    /// How large it is, in bytes.
    #[serde(default)]
    pub bytes: u64,
    /// How its files are compressed.
    #[serde(default)]
    pub compression: Compression,
    /// The programs that made it, as they speak of themselves.
    #[serde(default)]
    pub tools: Vec<String>,
    /// Whether roles have their password hashes in it.
    #[serde(default)]
    pub role_passwords: bool,
    /// The databases in it.
    #[serde(default)]
    pub databases: Vec<Database>,
    /// The WAL that makes a physical backup whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wal: Option<Wal>,
    /// The last drill, if there was one.
    #[serde(default)]
    pub verified: Option<Verified>,
    /// Every file but this one, in order of their paths.
    #[serde(default)]
    pub files: Vec<FileEntry>,
    /// SHA-256 of this document with an empty text in this place.
    #[serde(default)]
    pub checksum: String,
}

/// The WAL of a physical backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wal {
    /// The timeline on which it ends.
    pub timeline: u32,
    /// Where its replay begins.
    pub start_lsn: Lsn,
    /// Where the instance is whole again.
    pub end_lsn: Lsn,
    /// When it was, RFC 3339.
    pub ended: String,
    /// How long each segment is, in bytes.
    pub segment_bytes: u64,
    /// Where what follows is archived, if it is.
    pub archive: Option<PathBuf>,
}

/// A database of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Database {
    /// Its name.
    pub name: String,
    /// Its folder in the backup.
    pub folder: String,
    /// Its size on the server, in bytes.
    pub bytes: u64,
    /// What makes it anew without what is in it, `{database}` standing for its name.
    pub definition: Vec<String>,
    /// Its tables as they were in the backup's snapshot.
    pub tables: Vec<Table>,
}

/// A table as it was.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Table {
    /// Schema and name, quoted where that is needed.
    pub name: String,
    /// How many rows it had.
    pub rows: u64,
    /// The sum of a hash of each row, whatever their order.
    pub checksum: String,
}

/// What a drill found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verified {
    /// When it ended, RFC 3339.
    pub at: String,
    /// Whether the backup is good.
    pub passed: bool,
    /// The version of the server that it was restored into.
    pub postgres_version: String,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// What was found, in words.
    pub found: String,
}

/// A file of a backup.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FileEntry {
    /// Its path in the backup.
    pub path: String,
    /// Its size, in bytes.
    pub bytes: u64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
}

impl Metadata {
    /// The document, with its checksum.
    ///
    /// # Errors
    /// None that is known: it holds nothing that JSON could not.
    pub fn render(&self) -> Result<String, serde_json::Error> {
        let blank = Self { checksum: String::new(), ..self.clone() };
        let checksum = Checksum::of(blank.text()?.as_bytes()).to_string();
        Self { checksum, ..blank }.text()
    }

    fn text(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self).map(|it| it + "\n")
    }

    /// Reads a document. One of ours is refused if a single byte of it is not as it was written.
    ///
    /// # Errors
    /// Why it cannot be used, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let read: Self = serde_json::from_str(text).map_err(|err| err.to_string())?;
        if read.format > FORMAT {
            return Err(format!("it is of form {}, and this program knows none above {FORMAT}", read.format));
        }
        // Upstream's have no checksum. What has one is ours, whatever else of it was changed.
        let is_upstreams = read.is_upstreams() && read.checksum.is_empty();
        let is_as_written = is_upstreams || read.render().is_ok_and(|it| it == text);
        if is_as_written { Ok(read) } else { Err("it was changed since it was written".to_owned()) }
    }

    /// Whether upstream's program made it.
    pub fn is_upstreams(&self) -> bool {
        self.format == UPSTREAMS
    }

    /// The server's major version, such as 16; 0 where it is not known. Upstream's have the image in its place.
    pub fn major(&self) -> u32 {
        let version = self.postgres_version.rsplit_once(':').map_or(&*self.postgres_version, |(_, tag)| tag);
        let digits = version.find(|it: char| !it.is_ascii_digit()).unwrap_or(version.len());
        match self.server_version_num {
            0 if self.postgres_version.contains('@') => 0,
            0 => version.get(..digits).and_then(|it| it.parse().ok()).unwrap_or(0),
            number => number / 10_000,
        }
    }

    /// The error that rows alone make no database.
    pub fn rows_alone(&self) -> Error {
        Error::BackupUnfit {
            name: self.backup_name.clone(),
            why: "it has rows only, and no definitions".to_owned(),
            advice: "restore a backup of type full or schema".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata() -> Metadata {
        serde_json::from_str(
            r#"{"instance": "main", "backup_name": "a", "type": "full", "status": "completed", "created": "2026-01-01T00:00:00Z",
                "format": 1, "server_version_num": 160004, "verified": null, "files": [{"path": "x", "bytes": 1, "sha256": "00"}]}"#,
        )
        .unwrap()
    }

    #[test]
    fn a_document_that_was_changed_in_any_byte_is_refused() {
        let text = metadata().render().unwrap();
        assert_eq!(Metadata::parse(&text).unwrap().major(), 16);
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1;
            let changed = String::from_utf8_lossy(&bytes);
            assert!(Metadata::parse(&changed).is_err(), "{changed}");
        }
    }

    #[test]
    fn upstreams_documents_are_read_as_they_are() {
        for (version, major) in [
            ("postgres:16-alpine", 16),
            ("registry:5000/postgres:17", 17),
            ("postgres", 0),
            ("postgres@sha256:99", 0),
            ("16.1", 16),
        ] {
            let text = format!(
                "{{\n    \"instance\": \"main\",\n    \"backup_name\": \"b\",\n    \"type\": \"schema\",\n    \"status\": \"success\",\n    \
                 \"completed\": \"2025-01-01T00:00:01+00:00\",\n    \"created\": \"2025-01-01T00:00:00+00:00\",\n    \
                 \"postgres_version\": \"{version}\",\n    \"instance_config\": {{\n        \"port\": \"5433\"\n    }}\n}}"
            );
            let read = Metadata::parse(&text).unwrap();
            assert_eq!(
                (read.kind, read.major(), read.is_upstreams()),
                (Kind::Schema, major, true),
                "{version}"
            );
        }
    }

    #[test]
    fn a_later_form_is_refused() {
        let text = metadata().render().unwrap().replace("\"format\": 1", "\"format\": 2");
        assert_eq!(
            Metadata::parse(&text).unwrap_err(),
            "it is of form 2, and this program knows none above 1"
        );
    }
}

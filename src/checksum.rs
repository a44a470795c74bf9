//! `Checksum`: what tells bytes from all others.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Bytes that are read at once.
const PIECE_BYTES: usize = 1 << 16;

/// The SHA-256 of some bytes, in lower-case hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Checksum(String);

impl Checksum {
    /// The checksum of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self::from_digest(Sha256::new_with_prefix(bytes))
    }

    /// The checksum of what is left to read of a file, which need not fit in memory, and how many bytes that is.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn of_file(mut file: File) -> io::Result<(Self, u64)> {
        let (mut digest, mut size, mut piece) = (Sha256::new(), 0, vec![0; PIECE_BYTES]);
        loop {
            let count = file.read(&mut piece)?;
            let Some(read @ [_, ..]) = piece.get(..count) else { break };
            digest.update(read);
            size += u64::try_from(count).unwrap_or_default();
        }
        Ok((Self::from_digest(digest), size))
    }

    fn from_digest(digest: Sha256) -> Self {
        Self(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// As much of it as people need to tell two from each other.
    pub fn short(&self) -> &str {
        self.0.get(..12).unwrap_or(&self.0)
    }
}

impl TryFrom<String> for Checksum {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let is_hex = |c: char| matches!(c, '0'..='9' | 'a'..='f');
        match text.len() == 64 && text.chars().all(is_hex) {
            true => Ok(Self(text)),
            false => Err(format!("`{text}` is not a SHA-256 checksum in hexadecimal")),
        }
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

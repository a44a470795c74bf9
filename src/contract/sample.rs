//! `Sample`: something for a resource to keep while it is judged.

use std::fs;
use std::io;
use std::path::PathBuf;

use crate::room::Room;

/// What is kept where nobody has said what the resource is for.
const NOTE: &str = "This is kept for a while, to see whether it is handed out as it came.\n";

/// Something to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// The file that holds it.
    file: PathBuf,
    /// What kind of thing it is, as the resource calls it.
    kind: Option<String>,
    bytes: Vec<u8>,
    origin: Origin,
}

/// Where a sample comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The user has given it, as something that the resource is for.
    Given,
    /// It is ours, and may not be for this resource.
    Ours,
}

impl Sample {
    /// A sample that the user gives, as `FILE` or `FILE:TYPE`.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn given(asked: &str) -> io::Result<Self> {
        let (file, kind) = match asked.rsplit_once(':') {
            Some((file, kind)) if !kind.contains('/') => (file, Some(kind.to_owned())),
            Some(_) | None => (asked, None),
        };
        Ok(Self { bytes: fs::read(file)?, file: PathBuf::from(file), kind, origin: Origin::Given })
    }

    /// A note.
    pub(crate) fn note() -> Self {
        let (file, bytes) = (PathBuf::from("note.txt"), NOTE.as_bytes().to_vec());
        Self { file, kind: None, bytes, origin: Origin::Ours }
    }

    /// The same in a room, under a path without blanks.
    pub(crate) fn placed(&self, room: &Room, number: usize) -> io::Result<Self> {
        let mut file = room.dir().join(format!("sample-{number}"));
        if let Some(extension) = self.file.extension() {
            file.set_extension(extension);
        }
        fs::write(&file, &self.bytes)?;
        Ok(Self { file, ..self.clone() })
    }

    /// Where it comes from.
    pub(crate) fn origin(&self) -> Origin {
        self.origin
    }

    /// The command line that has it kept under a name.
    pub(crate) fn adding(&self, name: &str) -> String {
        let kind = self.kind.as_ref().map(|it| format!(" --type {it}")).unwrap_or_default();
        format!("content add --file {} --name {name}{kind}", self.file.display())
    }

    /// Whether what was handed out holds it.
    pub(crate) fn is_in(&self, bytes: &[u8]) -> bool {
        let wanted = self.bytes.trim_ascii();
        !wanted.is_empty() && bytes.windows(wanted.len()).any(|it| it == wanted)
    }
}

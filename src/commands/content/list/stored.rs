//! The stored content in `content list`, with its revision and what databases have of it.

use serde::Serialize;

use crate::checksum::Checksum;
use crate::error::Error;
use crate::instances::artifacts::applied::{Place, State, overall};
use crate::instances::artifacts::meta::Meta;
use crate::instances::artifacts::{Artifact, ArtifactName, Kind};
use crate::instances::name::Name;

/// A stored artifact.
#[derive(Debug, Serialize)]
pub(super) struct Stored {
    pub name: ArtifactName,
    #[serde(rename = "type")]
    pub kind: Kind,
    pub instance: Name,
    pub size_bytes: u64,
    pub revision: Option<u32>,
    pub sha256: Option<Checksum>,
    pub stored: Option<String>,
    pub state: State,
    pub applied: Vec<Applied>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// A database that has it.
#[derive(Debug, Serialize)]
pub(super) struct Applied {
    pub database: String,
    pub revision: Option<u32>,
    pub applied: String,
    pub state: State,
}

/// The report on an artifact. Without `places` the server cannot be asked which databases there are.
pub(super) fn stored(instance: &Name, artifact: Artifact, places: Option<&[Place]>) -> Stored {
    match artifact.known() {
        Ok(Some(meta)) => whole(instance, artifact, meta, places),
        // It was removed just now.
        Ok(None) => damaged(instance, artifact, State::Gone, None),
        Err(err) => damaged(instance, artifact, State::Damaged, Some(&err)),
    }
}

fn whole(instance: &Name, artifact: Artifact, meta: Meta, places: Option<&[Place]>) -> Stored {
    let state = overall(artifact.kind, &meta, places);
    let applied = meta.applied.into_iter().map(|it| Applied {
        state: it.state(&meta.current.sha256, places),
        // A database may have been renamed.
        database: places
            .into_iter()
            .flatten()
            .find(|place| it.is_at(place))
            .map_or(it.database, |place| place.database.clone()),
        revision: it.revision,
        applied: it.applied,
    });
    Stored {
        applied: applied.collect(),
        name: artifact.name,
        kind: artifact.kind,
        instance: instance.clone(),
        size_bytes: meta.current.size_bytes,
        revision: Some(meta.current.revision),
        sha256: Some(meta.current.sha256),
        stored: Some(meta.current.stored),
        state,
        problem: None,
    }
}

fn damaged(instance: &Name, artifact: Artifact, state: State, err: Option<&Error>) -> Stored {
    Stored {
        size_bytes: artifact.path.metadata().map(|it| it.len()).unwrap_or_default(),
        name: artifact.name,
        kind: artifact.kind,
        instance: instance.clone(),
        revision: None,
        sha256: None,
        stored: None,
        state,
        applied: Vec::new(),
        problem: err.map(Error::line),
    }
}

impl Stored {
    /// What people are told of it.
    pub(super) fn detail(&self) -> String {
        let revision = self.revision.map(|it| format!("revision {it}"));
        let checksum = self.sha256.as_ref().map(|it| format!("sha256 {}", it.short()));
        let state = match &self.problem {
            Some(problem) => format!("{}: {problem}", self.state.word()),
            None => self.state.word().to_owned(),
        };
        let parts = [revision, Some(format!("{} bytes", self.size_bytes)), checksum, Some(state)];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

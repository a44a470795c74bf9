//! Containers and volumes of the machine's Docker engine, as its own program tells of them.

use std::path::Path;
use std::time::Duration;

use serde::Deserialize;

use super::Room;
use super::run::{Bounds, Ran, Sweep};

/// How long the engine may take to answer.
const LIMIT: Duration = Duration::from_secs(10);

/// A container or a volume.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stored {
    /// `container` or `volume`.
    pub kind: &'static str,
    /// Its id, or its name where that is its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The folders of the machine that it sees.
    pub folders: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Inspected {
    id: String,
    name: String,
    #[serde(default)]
    mounts: Vec<Mount>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Mount {
    #[serde(default)]
    source: String,
}

/// All containers and volumes; none where there is no engine, or no program to ask it with.
pub fn stored(room: &Room) -> Option<Vec<Stored>> {
    let program = room.program("docker")?;
    let ask = |args: &[&str]| lines(&room.run(&program, args, &bounds()));
    let mut stored: Vec<Stored> = ask(&["volume", "ls", "--quiet"])?.into_iter().map(volume).collect();
    let ids = ask(&["ps", "--all", "--quiet", "--no-trunc"])?;
    for id in ids {
        // One that has gone in between is none.
        let ran = room.run(&program, &["inspect", "--type", "container", &id], &bounds());
        let inspected: Vec<Inspected> = serde_json::from_str(&ran.stdout).unwrap_or_default();
        stored.extend(inspected.into_iter().map(container));
    }
    stored.sort();
    Some(stored)
}

fn bounds() -> Bounds {
    Bounds { sweep: Sweep::Group, ..Bounds::reading(LIMIT) }
}

fn lines(ran: &Ran) -> Option<Vec<String>> {
    (ran.code() == Some(0)).then(|| ran.stdout.lines().map(str::to_owned).collect())
}

fn volume(name: String) -> Stored {
    Stored { kind: "volume", id: name.clone(), name, folders: Vec::new() }
}

fn container(it: Inspected) -> Stored {
    let folders = it.mounts.into_iter().map(|it| it.source).collect();
    Stored { kind: "container", id: it.id, name: it.name.trim_start_matches('/').to_owned(), folders }
}

impl Stored {
    /// Whether it belongs to a resource of this name, or sees one of these folders.
    pub fn belongs_to(&self, resource: &str, folders: &[&Path]) -> bool {
        let own = ["", "vrooli-", "resource-"].iter().any(|prefix| {
            let rest = self.name.strip_prefix(prefix).and_then(|it| it.strip_prefix(resource));
            !resource.is_empty() && rest.is_some_and(|it| it.is_empty() || it.starts_with(['-', '_']))
        });
        own || self.folders.iter().any(|it| folders.iter().any(|folder| Path::new(it).starts_with(folder)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_to_a_resource_has_its_name_or_sees_its_folders() {
        let stored = |name: &str, folder: &str| {
            let (kind, id) = ("container", String::new());
            Stored { kind, id, name: name.to_owned(), folders: vec![folder.to_owned()] }
        };
        let room = Path::new("/tmp/contract-a");
        for (it, belongs) in [
            (stored("redis", "/srv"), true),
            (stored("vrooli-redis-1", "/srv"), true),
            (stored("vrooli-redis_data", "/srv"), true),
            (stored("redisinsight", "/srv"), false),
            (stored("my-redis", "/srv"), false),
            (stored("other", "/tmp/contract-a/home/data"), true),
            (stored("other", "/tmp/contract-ab"), false),
        ] {
            assert_eq!(it.belongs_to("redis", &[room]), belongs, "{it:?}");
        }
    }
}

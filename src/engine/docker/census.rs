//! What the engine keeps, whoever has made it: to see what has come and was not taken away again.

use std::path::Path;

use bollard::query_parameters::ListVolumesOptions;

use crate::engine::docker::client::Client;
use crate::error::Error;

/// A container or a volume.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stored {
    /// `container` or `volume`.
    pub kind: &'static str,
    /// What tells it from all others: a volume's name is its id as well.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The folders of the machine that it sees.
    pub folders: Vec<String>,
}

/// All containers and volumes that there are.
///
/// # Errors
/// Where the engine does not answer.
pub async fn stored(client: &Client) -> Result<Vec<Stored>, Error> {
    let containers = client.containers(None).await?.into_iter().map(|it| Stored {
        kind: "container",
        id: it.id.unwrap_or_default(),
        name: it.names.unwrap_or_default().concat().trim_start_matches('/').to_owned(),
        folders: it.mounts.unwrap_or_default().into_iter().filter_map(|it| it.source).collect(),
    });
    let listed = client.api().await?.list_volumes(None::<ListVolumesOptions>);
    let volumes = client.ask("listing the volumes", listed).await?.volumes.unwrap_or_default();
    let volumes = volumes.into_iter().map(|it| Stored {
        kind: "volume",
        id: it.name.clone(),
        name: it.name,
        folders: Vec::new(),
    });
    Ok(containers.chain(volumes).collect())
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

//! Images: which one a name means now, fetching it with progress, and whether it can run here.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use bollard::models::{CreateImageInfo, ImageInspect};
use bollard::query_parameters::CreateImageOptions;
use futures_util::StreamExt;
use tokio::time::timeout;

use crate::engine::docker::client::{Client, said};
use crate::engine::{Container, Say};
use crate::error::Error;

/// How long a registry may take to say its first word.
const FIRST_WORD_LIMIT: Duration = Duration::from_secs(20);
/// How long it may be silent after that.
const SILENCE_LIMIT: Duration = Duration::from_secs(120);
/// Between two lines about the progress.
const PROGRESS_PAUSE: Duration = Duration::from_secs(1);

/// The container's image pinned: what its name means now, fetched if the engine has not got it.
pub async fn pin(client: &Client, wish: &Container, say: Say<'_>) -> Result<Container, Error> {
    let name = &wish.image;
    let found = match inspect(client, name).await? {
        Some(found) => found,
        None => {
            say(&missing(name));
            pull(client, name, say).await?;
            let gone = || no_image(name, "it was fetched and is not there".to_owned());
            inspect(client, name).await?.ok_or_else(gone)?
        }
    };
    fits(client, name, &found).await?;
    Ok(Container { digest: digest(name, &found), ..wish.clone() })
}

/// The same, asked of the registry even if the engine has an image of this name. One that only the engine knows counts.
pub async fn renew(client: &Client, wish: &Container, say: Say<'_>) -> Result<Container, Error> {
    say(&format!("asking what image `{}` means now", wish.image));
    match pull(client, &wish.image, say).await {
        Err(err @ Error::NoImage { .. }) if inspect(client, &wish.image).await?.is_some() => {
            say(&format!("going by what the engine has: {}", err.line()));
        }
        pulled => pulled?,
    }
    pin(client, wish, say).await
}

/// Makes sure that the engine has the pinned image.
pub async fn ensure(client: &Client, container: &Container, say: Say<'_>) -> Result<(), Error> {
    let name = reference(container);
    if inspect(client, name).await?.is_none() {
        let known_to_a_registry = name.contains('@') || container.digest.is_empty();
        if !known_to_a_registry {
            return Err(no_image(
                &container.image,
                format!("the engine has lost {name}, which no registry has"),
            ));
        }
        say(&missing(name));
        pull(client, name, say).await?;
    }
    Ok(())
}

/// What the engine is asked for: the pinned image, or the name where nothing is pinned.
pub fn reference(container: &Container) -> &str {
    if container.digest.is_empty() { &container.image } else { &container.digest }
}

/// The major version of PostgreSQL in the image, where it says so as the official one does.
pub async fn major(client: &Client, container: &Container) -> Result<Option<u32>, Error> {
    let found = inspect(client, reference(container)).await?.and_then(|it| it.config);
    let variables = found.and_then(|it| it.env);
    Ok(environment(variables.as_ref(), "PG_MAJOR").and_then(|it| it.parse().ok()))
}

/// The name of an image of another major version, where the tag of this one begins with its own.
pub fn sibling(name: &str, (old, new): (u32, u32)) -> Option<String> {
    let (repository, tag) = split(name);
    let rest = tag?.strip_prefix(&old.to_string())?;
    let is_whole = !rest.starts_with(|it: char| it.is_ascii_digit());
    // A minor version of the one is none of the other.
    let rest = rest.trim_start_matches(|it: char| it == '.' || it.is_ascii_digit());
    is_whole.then(|| format!("{repository}:{new}{rest}"))
}

/// The value of a variable among `NAME=value`.
pub fn environment<'a>(variables: Option<&'a Vec<String>>, name: &str) -> Option<&'a str> {
    variables?.iter().find_map(|it| it.strip_prefix(name)?.strip_prefix('='))
}

/// What the engine knows of an image, if it has it.
pub async fn inspect(client: &Client, name: &str) -> Result<Option<ImageInspect>, Error> {
    let api = client.api().await?;
    client.find(&format!("looking for image `{name}`"), api.inspect_image(name)).await
}

/// The image's digest in the repository that its name speaks of, else its id.
fn digest(name: &str, found: &ImageInspect) -> String {
    let (repository, _) = split(name);
    let of_repository = |it: &&String| it.split('@').next() == Some(repository);
    let digests = found.repo_digests.as_ref();
    let digest = digests.and_then(|all| all.iter().find(of_repository).or(all.first()));
    digest.or(found.id.as_ref()).cloned().unwrap_or_default()
}

async fn fits(client: &Client, name: &str, found: &ImageInspect) -> Result<(), Error> {
    let api = client.api().await?;
    let engine = client.ask("asking for the engine's version", api.version()).await?;
    match (&found.architecture, engine.arch) {
        (Some(image), Some(engine)) if *image != engine => {
            Err(no_image(name, format!("it is made for {image}, and the engine runs on {engine}")))
        }
        _ => Ok(()),
    }
}

fn missing(name: &str) -> String {
    format!("image `{name}` is not here yet: fetching it")
}

async fn pull(client: &Client, name: &str, say: Say<'_>) -> Result<(), Error> {
    let api = client.api().await?;
    let (repository, tag) = split(name);
    let options = CreateImageOptions {
        from_image: Some(repository.to_owned()),
        tag: Some(tag.unwrap_or("latest").to_owned()),
        ..CreateImageOptions::default()
    };
    let mut news = Box::pin(api.create_image(Some(options), None, None));
    let (mut progress, mut limit, mut told) = (Progress::default(), FIRST_WORD_LIMIT, Instant::now());
    loop {
        let silent = || no_image(name, format!("its registry is silent for {} s", limit.as_secs()));
        let Some(word) = timeout(limit, news.next()).await.map_err(|_| silent())? else { break };
        let word = word.map_err(|err| match said(&err) {
            Some(said) => no_image(name, said),
            None => client.failed("fetching an image", &err),
        })?;
        if let Some(err) = word.error_detail.as_ref().and_then(|it| it.message.clone()) {
            return Err(no_image(name, err));
        }
        progress.note(&word);
        limit = SILENCE_LIMIT;
        if told.elapsed() >= PROGRESS_PAUSE {
            say(&progress.line(name));
            told = Instant::now();
        }
    }
    say(&progress.line(name));
    Ok(())
}

fn no_image(name: &str, why: String) -> Error {
    Error::NoImage { name: name.to_owned(), why }
}

/// A name's repository, and its tag or digest. A registry's port is no tag.
fn split(name: &str) -> (&str, Option<&str>) {
    if let Some((repository, digest)) = name.split_once('@') {
        return (repository, Some(digest));
    }
    match name.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
        _ => (name, None),
    }
}

/// How far a pull has got.
#[derive(Debug, Default)]
struct Progress {
    /// By layer: bytes that have come, and all of its bytes.
    layers: BTreeMap<String, (i64, i64)>,
    done: usize,
}

impl Progress {
    fn note(&mut self, word: &CreateImageInfo) {
        let (Some(layer), Some(status)) = (&word.id, &word.status) else { return };
        let detail = word.progress_detail.as_ref();
        match status.as_str() {
            "Pulling fs layer" => drop(self.layers.insert(layer.clone(), (0, 0))),
            "Downloading" => {
                let bytes = (detail.and_then(|it| it.current), detail.and_then(|it| it.total));
                self.layers.insert(layer.clone(), (bytes.0.unwrap_or(0), bytes.1.unwrap_or(0)));
            }
            "Download complete" => {
                self.layers.entry(layer.clone()).and_modify(|(current, total)| *current = *total);
            }
            "Pull complete" => self.done += 1,
            _ => {}
        }
    }

    fn line(&self, name: &str) -> String {
        let (current, total) = self.layers.values().fold((0, 0), |sum, it| (sum.0 + it.0, sum.1 + it.1));
        format!(
            "fetching `{name}`: {} of {} layers, {} of {} MB",
            self.done,
            self.layers.len(),
            megabytes(current),
            megabytes(total)
        )
    }
}

fn megabytes(bytes: i64) -> String {
    let tenths = bytes / 100_000;
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registrys_port_is_no_tag() {
        assert_eq!(split("postgres:16-alpine"), ("postgres", Some("16-alpine")));
        assert_eq!(split("postgres"), ("postgres", None));
        assert_eq!(split("127.0.0.1:5000/postgres"), ("127.0.0.1:5000/postgres", None));
        assert_eq!(split("127.0.0.1:5000/postgres:16"), ("127.0.0.1:5000/postgres", Some("16")));
        assert_eq!(split("a/b@sha256:12"), ("a/b", Some("sha256:12")));
    }

    #[test]
    fn an_image_of_another_version_is_known_by_its_tag() {
        let of = |name| sibling(name, (16, 18));
        assert_eq!(of("postgres:16-alpine").as_deref(), Some("postgres:18-alpine"));
        assert_eq!(of("127.0.0.1:5000/pg:16.4-bookworm").as_deref(), Some("127.0.0.1:5000/pg:18-bookworm"));
        assert_eq!(of("postgres:16").as_deref(), Some("postgres:18"));
        for other in ["postgres", "postgres:latest", "postgres:160", "postgres@sha256:16"] {
            assert_eq!(of(other), None, "{other}");
        }
    }

    #[test]
    fn progress_counts_layers_and_bytes() {
        let word = |id: &str, status: &str, bytes: Option<(i64, i64)>| CreateImageInfo {
            id: Some(id.to_owned()),
            status: Some(status.to_owned()),
            progress_detail: bytes.map(|(current, total)| bollard::models::ProgressDetail {
                current: Some(current),
                total: Some(total),
            }),
            ..CreateImageInfo::default()
        };
        let mut progress = Progress::default();
        for word in [
            word("a", "Pulling fs layer", None),
            word("b", "Pulling fs layer", None),
            word("a", "Downloading", Some((1_500_000, 3_000_000))),
            word("b", "Downloading", Some((500_000, 7_100_000))),
            word("a", "Download complete", None),
            word("a", "Pull complete", None),
        ] {
            progress.note(&word);
        }
        assert_eq!(progress.line("postgres:16"), "fetching `postgres:16`: 1 of 2 layers, 3.5 of 10.1 MB");
    }
}

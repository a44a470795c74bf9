//! The test image: the machine's own PostgreSQL with the variables, paths and habits of the official image.

use std::fs::File;
use std::path::PathBuf;

use bollard::Docker;
use bollard::body_full;
use bollard::query_parameters::{CreateImageOptionsBuilder, ImportImageOptionsBuilder};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::docker::{finish, last};
pub use files::BUSYBOX;
use files::Files;
use programs::Programs;

mod files;
mod programs;

const ENTRYPOINT: &str = include_str!("../../fixtures/image/entrypoint.sh");
/// All that makes an image what it is, beside the programs.
const RECIPE: [&str; 3] = [ENTRYPOINT, include_str!("files.rs"), include_str!("mod.rs")];

/// An image that tests start containers from.
#[derive(Clone, Debug)]
pub struct Image {
    /// The name by which the engine knows it.
    pub reference: String,
    /// PostgreSQL's major version in it.
    pub major: u32,
}

/// The test image in an engine: the one that `RESOURCE_POSTGRES_TEST_IMAGE` names, or else one that is made of the
/// programs in `RESOURCE_POSTGRES_TEST_PROGRAMS`, or else from those that the program under test finds.
pub fn image(docker: &Docker) -> Image {
    match std::env::var("RESOURCE_POSTGRES_TEST_IMAGE") {
        Ok(reference) => finish(named(docker, reference)),
        Err(_) => made(docker, &Programs::found()),
    }
}

/// The image that is made of the programs in a folder.
pub fn image_of(docker: &Docker, bin: PathBuf) -> Image {
    made(docker, &Programs::in_folder(bin))
}

async fn named(docker: &Docker, reference: String) -> Image {
    if docker.inspect_image(&reference).await.is_err() {
        let options = CreateImageOptionsBuilder::default().from_image(&reference).build();
        last(docker.create_image(Some(options), None, None)).await.unwrap();
    }
    let config = docker.inspect_image(&reference).await.unwrap().config.unwrap();
    let major = config.env.iter().flatten().find_map(|it| it.strip_prefix("PG_MAJOR=")?.parse().ok());
    let major = major.unwrap_or_else(|| panic!("{reference} does not say PG_MAJOR"));
    Image { reference, major }
}

/// An engine gets an image once, however many test processes ask for it at the same time.
fn made(docker: &Docker, programs: &Programs) -> Image {
    let (major, hash) = (programs.major(), RECIPE.iter().fold(programs.fingerprint(), with));
    let reference = format!("resource-postgres-test:{major}-{hash:08x}");
    let is_there = || finish(docker.inspect_image(&reference)).is_ok();
    if !is_there() {
        let user = rustix::process::geteuid().as_raw();
        let lock = File::create(std::env::temp_dir().join(format!("rp-image-{user}.lock"))).unwrap();
        lock.lock().unwrap();
        if !is_there() {
            finish(load(docker, &reference, programs));
        }
    }
    Image { reference, major }
}

fn with(hash: u32, text: &&str) -> u32 {
    crc32c::crc32c_append(hash, text.as_bytes())
}

/// An archive as an engine saves it is loaded in a moment. A Dockerfile would take a second for each of its lines.
async fn load(docker: &Docker, reference: &str, programs: &Programs) {
    let layer = Files::of_image(programs, ENTRYPOINT).archive().await;
    let config = config(programs, &layer);
    let mut layers = Files::default();
    layers.text("/layer.tar", 0o644, layer);
    restore(docker, reference, &config, &["layer.tar".to_owned()], layers).await;
}

/// Loads an image as an engine saves it.
async fn restore(docker: &Docker, reference: &str, config: &Value, layers: &[String], mut saved: Files) {
    let manifest = json!([{ "Config": "config.json", "RepoTags": [reference], "Layers": layers }]);
    saved.text("/config.json", 0o644, config.to_string());
    saved.text("/manifest.json", 0o644, manifest.to_string());
    let body = body_full(saved.archive().await.into());
    let loaded = last(docker.import_image(ImportImageOptionsBuilder::default().build(), body, None)).await;
    loaded.unwrap_or_else(|err| panic!("{reference}: {err}"));
}

/// The same image with one thing changed in what is said of it, under a name that ends in `suffix`. An engine that has
/// the layers does not read them again.
pub fn variant(docker: &Docker, image: &Image, suffix: &str, change: impl FnOnce(&mut Value)) -> Image {
    let seen = finish(docker.inspect_image(&image.reference)).unwrap();
    let layers = seen.root_fs.unwrap().layers.unwrap();
    let mut config = json!({
        "architecture": seen.architecture,
        "os": "linux",
        "rootfs": { "type": "layers", "diff_ids": layers },
        "config": seen.config,
    });
    change(&mut config);
    let reference = format!("resource-postgres-test:{suffix}");
    let layers: Vec<String> = (0..layers.len()).map(|it| format!("layer-{it}.tar")).collect();
    finish(restore(docker, &reference, &config, &layers, Files::default()));
    Image { reference, major: image.major }
}

/// What the official image's Dockerfile says, as an engine keeps it.
fn config(programs: &Programs, layer: &[u8]) -> Value {
    let (bin, major, version) = (programs.bin.display(), programs.major(), &programs.version);
    // From 18 on, a major version has a folder of its own in the volume.
    let (volume, data) = match major {
        ..18 => ("/var/lib/postgresql/data", "/var/lib/postgresql/data".to_owned()),
        _ => ("/var/lib/postgresql", format!("/var/lib/postgresql/{major}/docker")),
    };
    let digest: String = Sha256::digest(layer).iter().map(|byte| format!("{byte:02x}")).collect();
    json!({
        "architecture": if cfg!(target_arch = "aarch64") { "arm64" } else { "amd64" },
        "os": "linux",
        "rootfs": { "type": "layers", "diff_ids": [format!("sha256:{digest}")] },
        "config": {
            "Env": [
                format!("PATH=/usr/local/bin:/usr/bin:/bin:{bin}"),
                "LANG=C.UTF-8",
                format!("PG_MAJOR={major}"),
                format!("PG_VERSION={version}"),
                format!("PGDATA={data}"),
                // Programs that were built elsewhere look for the socket in another folder than the official image's do.
                "PGHOST=/var/run/postgresql",
            ],
            "Labels": { "resource-postgres-test": version },
            "Volumes": { volume: {} },
            "ExposedPorts": { "5432/tcp": {} },
            "StopSignal": "SIGINT",
            "Entrypoint": ["docker-entrypoint.sh"],
            "Cmd": ["postgres"],
        },
    })
}

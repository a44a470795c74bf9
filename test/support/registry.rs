//! A registry of a test's own, from which an engine pulls with progress and digests.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use bollard::Docker;
use bollard::query_parameters::{PushImageOptionsBuilder, RemoveImageOptionsBuilder, TagImageOptionsBuilder};
use futures_util::StreamExt;

use super::docker::{finish, is_expected};
use super::eventually;
use super::image::Image;

/// What the registry's program is called: by Debian, and by those who build it.
const PROGRAMS: [&str; 2] = ["docker-registry", "registry"];

/// A registry on 127.0.0.1, which every engine trusts without encryption. It ends when it is dropped.
#[derive(Debug)]
pub struct Registry {
    server: Child,
    port: u16,
}

/// An image in a registry.
#[derive(Clone, Debug)]
pub struct Pushed {
    /// Its name with the registry and a tag: `127.0.0.1:PORT/postgres:TAG`.
    pub reference: String,
    /// `sha256:` and the digest of its manifest.
    pub digest: String,
}

impl Registry {
    /// Starts a registry that keeps everything in a folder, or else the test is skipped.
    pub fn start_or_skip(dir: &Path) -> Option<Self> {
        let Some(program) =
            PROGRAMS.into_iter().find(|it| Command::new(it).arg("--version").output().is_ok())
        else {
            assert!(!is_expected(), "there is no registry; Debian has it in docker-registry");
            println!("skipped: no registry");
            return None;
        };
        fs::create_dir_all(dir).unwrap();
        let log = dir.join("log");
        let server = command(program, dir, &log).spawn().unwrap();
        let mut registry = Self { server, port: 0 };
        eventually("the registry listens", || {
            let said = fs::read_to_string(&log).unwrap();
            assert!(registry.server.try_wait().unwrap().is_none(), "{program} has ended: {said}");
            registry.port = listening(&said).unwrap_or_default();
            registry.port != 0
        });
        Some(registry)
    }

    /// Its name in that of an image: `127.0.0.1:PORT`.
    pub fn name(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Its process, for a test that stops or kills it.
    pub fn pid(&self) -> i32 {
        i32::try_from(self.server.id()).unwrap()
    }

    /// Pushes an image that an engine has, as `postgres` with a tag. The engine forgets the name again.
    pub fn push(&self, docker: &Docker, image: &Image, tag: &str) -> Pushed {
        let name = format!("{}/postgres", self.name());
        let reference = format!("{name}:{tag}");
        let digest = finish(async {
            let options = TagImageOptionsBuilder::default().repo(&name).tag(tag).build();
            docker.tag_image(&image.reference, Some(options)).await.unwrap();
            let options = PushImageOptionsBuilder::default().tag(tag).build();
            let steps = docker.push_image(&name, Some(options), None);
            let said: Vec<_> = steps.map(|it| it.unwrap().status.unwrap_or_default()).collect().await;
            let options = RemoveImageOptionsBuilder::default().noprune(true).build();
            docker.remove_image(&reference, Some(options), None).await.unwrap();
            let digest = said.iter().find_map(|it| it.split("digest: ").nth(1)?.split(' ').next());
            digest.unwrap_or_else(|| panic!("no digest: {said:?}")).to_owned()
        });
        Pushed { reference, digest }
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn command(program: &str, dir: &Path, log: &Path) -> Command {
    let settings: PathBuf = dir.join("settings.yml");
    let storage = dir.join("storage");
    fs::write(
        &settings,
        format!(
            "version: 0.1\nlog: {{level: info}}\nhttp: {{addr: '127.0.0.1:0'}}\n\
             storage: {{filesystem: {{rootdirectory: '{}'}}}}\n",
            storage.display()
        ),
    )
    .unwrap();
    let log = File::create(log).unwrap();
    let mut command = Command::new(program);
    command.arg("serve").arg(settings).env_clear().current_dir(dir).stdin(Stdio::null());
    command.stdout(log.try_clone().unwrap()).stderr(log);
    command
}

/// The port that the system has chosen.
fn listening(log: &str) -> Option<u16> {
    log.split("listening on 127.0.0.1:").nth(1)?.split('"').next()?.parse().ok()
}

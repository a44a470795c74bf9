//! The Docker engine of a test: found and asked, or the test is skipped.

use std::collections::HashMap;
use std::path::Path;

use bollard::Docker;
use bollard::container::LogOutput;
use bollard::errors::Error;
use bollard::exec::StartExecResults;
use bollard::models::{ContainerCreateBody, ExecConfig, HostConfig, PortBinding};
use bollard::query_parameters::{
    CreateContainerOptions, LogsOptionsBuilder, RemoveContainerOptionsBuilder, WaitContainerOptions,
};
use futures_util::{Stream, StreamExt};

/// Where an engine is if nothing says otherwise.
const SOCKET: &str = "/var/run/docker.sock";
/// The server's port in a container.
const SERVER: &str = "5432/tcp";

/// A connection to the engine that the environment names. Without one the test is skipped, unless `CI` is set and there
/// should be one.
pub fn docker_or_skip() -> Option<Docker> {
    let found = Docker::connect_with_defaults().map_err(|err| err.to_string());
    let asked = found.and_then(|it| finish(it.negotiate_version()).map_err(|err| err.to_string()));
    match asked {
        Ok(docker) => Some(docker),
        Err(why) => {
            assert!(!is_expected(), "the Docker engine does not answer: {why}");
            println!("skipped: no Docker engine");
            None
        }
    }
}

/// Whether a test that needs an engine must not be skipped.
pub fn is_expected() -> bool {
    let is_there = std::env::var_os("DOCKER_HOST").is_some() || Path::new(SOCKET).exists();
    is_there && std::env::var_os("CI").is_some()
}

/// Waits for what an engine answers. Each call has a runtime of its own, so that guards can ask while they are dropped.
pub fn finish<F: Future>(question: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(question)
}

/// Waits for the end of what an engine does step by step; the first error ends it.
pub async fn last<T>(steps: impl Stream<Item = Result<T, Error>>) -> Result<Option<T>, Error> {
    let mut steps = std::pin::pin!(steps);
    let mut last = None;
    while let Some(step) = steps.next().await {
        last = Some(step?);
    }
    Ok(last)
}

/// What a program in a container said, and how it ended.
#[derive(Debug)]
pub struct Said {
    /// Its exit code.
    pub code: i64,
    /// What it wrote to either stream.
    pub text: String,
}

/// A container that a test made. It is removed with its volumes when this is dropped.
pub struct Container {
    docker: Docker,
    /// The id that the engine gave it.
    pub id: String,
}

impl Container {
    /// Starts a container.
    pub fn start(docker: &Docker, body: ContainerCreateBody) -> Self {
        let made = finish(docker.create_container(None::<CreateContainerOptions>, body)).unwrap();
        let container = Self { docker: docker.clone(), id: made.id };
        finish(docker.start_container(&container.id, None)).unwrap();
        container
    }

    /// The engine that runs it.
    pub fn docker(&self) -> &Docker {
        &self.docker
    }

    /// The port of 127.0.0.1 that leads to the server.
    pub fn port(&self) -> u16 {
        let seen = finish(self.docker.inspect_container(&self.id, None)).unwrap();
        let ports = seen.network_settings.unwrap().ports.unwrap();
        let bindings = ports.get(SERVER).unwrap_or_else(|| panic!("no published port:\n{}", self.log()));
        let port = bindings.iter().flatten().find_map(|it| it.host_port.clone());
        port.unwrap_or_else(|| panic!("no published port:\n{}", self.log())).parse().unwrap()
    }

    /// What the container has written to either stream.
    pub fn log(&self) -> String {
        log(&self.docker, &self.id)
    }

    /// Waits for the container's end and answers its exit code.
    pub fn wait(&self) -> i64 {
        match finish(last(self.docker.wait_container(&self.id, None::<WaitContainerOptions>))) {
            Ok(end) => end.unwrap().status_code,
            Err(Error::DockerContainerWaitError { code, .. }) => code,
            Err(err) => panic!("{err}"),
        }
    }

    /// Runs a program in the container, as the user that it names or else as root.
    pub fn exec(&self, command: &[&str]) -> Said {
        finish(async {
            let config = ExecConfig {
                cmd: Some(command.iter().map(|&it| it.to_owned()).collect()),
                attach_stdout: Some(true),
                attach_stderr: Some(true),
                ..Default::default()
            };
            let made = self.docker.create_exec(&self.id, config).await;
            let id = made.unwrap_or_else(|err| panic!("{command:?}: {err}")).id;
            let StartExecResults::Attached { output, .. } = self.docker.start_exec(&id, None).await.unwrap()
            else {
                panic!("the engine has detached {command:?}")
            };
            let text = text(output).await.unwrap();
            let seen = self.docker.inspect_exec(&id).await.unwrap();
            Said { code: seen.exit_code.unwrap(), text }
        })
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        let options = RemoveContainerOptionsBuilder::default().force(true).v(true).build();
        // The engine may be gone, and a panic here would hide why the test failed.
        let _ = finish(self.docker.remove_container(&self.id, Some(options)));
    }
}

/// What a container has written to either stream.
pub fn log(docker: &Docker, container: &str) -> String {
    log_if_there(docker, container).unwrap()
}

/// The same of a container that may go meanwhile.
pub fn log_if_there(docker: &Docker, container: &str) -> Result<String, Error> {
    let options = LogsOptionsBuilder::default().stdout(true).stderr(true).build();
    finish(text(docker.logs(container, Some(options))))
}

/// A host's side of a container that publishes its server on any free port of 127.0.0.1.
pub fn published(binds: &[String]) -> HostConfig {
    let binding = PortBinding { host_ip: Some("127.0.0.1".to_owned()), host_port: Some(String::new()) };
    HostConfig {
        port_bindings: Some(HashMap::from([(SERVER.to_owned(), Some(vec![binding]))])),
        binds: Some(binds.to_vec()),
        ..Default::default()
    }
}

async fn text(mut output: impl Stream<Item = Result<LogOutput, Error>> + Unpin) -> Result<String, Error> {
    let mut text = String::new();
    while let Some(piece) = output.next().await {
        text.push_str(&piece?.to_string());
    }
    Ok(text)
}

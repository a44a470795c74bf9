//! Containers of the program under test, for a run of the tests on the Docker engine.

use std::collections::HashMap;
use std::sync::OnceLock;

use bollard::Docker;
use bollard::container::LogOutput;
use bollard::models::NetworkCreateRequest;
use bollard::query_parameters::{ListContainersOptions, LogsOptions, RemoveContainerOptions};
use futures_util::StreamExt;

/// A network that no test removes: making one takes longer than making a container.
const NETWORK: &str = "rp-tests";

/// Runs something with the engine.
pub fn with<T>(ask: impl AsyncFnOnce(&Docker) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let host = std::env::var("DOCKER_HOST").unwrap_or("unix:///var/run/docker.sock".to_owned());
        let docker = Docker::connect_with_host(&host).unwrap();
        ask(&docker.negotiate_version().await.unwrap()).await
    })
}

/// The image that instances are made from.
pub fn image() -> String {
    super::image::image(&super::docker::docker_or_skip().unwrap()).reference
}

/// How the names of a room's containers begin.
pub fn prefix(port: u16) -> String {
    format!("rp-{port}")
}

/// The network that the containers of all rooms join.
pub fn network() -> &'static str {
    static MADE: OnceLock<()> = OnceLock::new();
    MADE.get_or_init(|| {
        with(async |docker| {
            if docker.inspect_network(NETWORK, None).await.is_err() {
                let request =
                    NetworkCreateRequest { name: NETWORK.to_owned(), ..NetworkCreateRequest::default() };
                // Another test may make it just now.
                let _ = docker.create_network(request).await;
            }
        });
    });
    NETWORK
}

/// The process id of a container's server.
pub fn pid(container: &str) -> i32 {
    let pid =
        with(async |docker| docker.inspect_container(container, None).await.unwrap().state.unwrap().pid);
    i32::try_from(pid.unwrap()).unwrap()
}

/// What a container's server has written.
pub fn log(container: &str) -> String {
    with(async |docker| {
        let options = LogsOptions { stdout: true, stderr: true, ..LogsOptions::default() };
        let pieces: Vec<_> = docker.logs(container, Some(options)).collect().await;
        pieces
            .into_iter()
            .map(|it| String::from_utf8_lossy(&LogOutput::into_bytes(it.unwrap())).into_owned())
            .collect()
    })
}

/// Removes all containers whose names begin so.
pub fn remove_all(prefix: &str) {
    with(async |docker| {
        let named = HashMap::from([("name".to_owned(), vec![format!("^/{prefix}-")])]);
        let options =
            ListContainersOptions { all: true, filters: Some(named), ..ListContainersOptions::default() };
        for it in docker.list_containers(Some(options)).await.unwrap_or_default() {
            let forced = RemoveContainerOptions { force: true, v: true, ..RemoveContainerOptions::default() };
            let _ = docker.remove_container(&it.id.unwrap(), Some(forced)).await;
        }
    });
}

//! Containers of the program under test, for a run of the tests on the Docker engine.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;
use std::sync::OnceLock;

use bollard::Docker;
use bollard::models::NetworkCreateRequest;
use bollard::query_parameters::{ListContainersOptionsBuilder, RemoveContainerOptionsBuilder};

use super::docker::{docker_or_skip, finish, log};

/// A network that no test removes: making one takes longer than making a container.
const NETWORK: &str = "rp-tests";

/// The engine, which a run of the tests on it cannot do without.
pub fn engine() -> Docker {
    docker_or_skip().unwrap()
}

/// The image that instances are made from.
pub fn image() -> String {
    super::image::image(&engine()).reference
}

/// How the names of a room's containers begin.
pub fn prefix(port: u16) -> String {
    format!("rp-{port}")
}

/// The network that the containers of all rooms join. An engine would make it twice for two who ask at once.
pub fn network() -> &'static str {
    static MADE: OnceLock<()> = OnceLock::new();
    MADE.get_or_init(|| {
        let lock = File::create(std::env::temp_dir().join(format!("{NETWORK}.lock"))).unwrap();
        lock.lock().unwrap();
        let docker = engine();
        if finish(docker.inspect_network(NETWORK, None)).is_err() {
            let request =
                NetworkCreateRequest { name: NETWORK.to_owned(), ..NetworkCreateRequest::default() };
            finish(docker.create_network(request)).unwrap();
        }
    });
    NETWORK
}

/// The process id of a container's server.
pub fn pid(container: &str) -> i32 {
    let seen = finish(engine().inspect_container(container, None)).unwrap();
    i32::try_from(seen.state.unwrap().pid.unwrap()).unwrap()
}

/// What a container's server has written.
pub fn logged(container: &str) -> String {
    log(&engine(), container)
}

/// How many containers there are in which programs run for the instance of this folder.
pub fn tools(instance: &Path) -> usize {
    let labelled = HashMap::from([("label", vec![format!("vrooli.tool={}", instance.display())])]);
    let all = ListContainersOptionsBuilder::default().all(true).filters(&labelled).build();
    finish(engine().list_containers(Some(all))).unwrap().len()
}

/// Stops a container, as a person does.
pub fn stop(container: &str) {
    finish(engine().stop_container(container, None)).unwrap();
}

/// Kills a container, as a person does.
pub fn kill(container: &str) {
    finish(engine().kill_container(container, None)).unwrap();
}

/// Removes all containers whose names begin so.
pub fn remove_all(prefix: &str) {
    let docker = engine();
    finish(async {
        let named = HashMap::from([("name", vec![format!("^/{prefix}-")])]);
        let all = ListContainersOptionsBuilder::default().all(true).filters(&named).build();
        for it in docker.list_containers(Some(all)).await.unwrap_or_default() {
            let forced = RemoveContainerOptionsBuilder::default().force(true).v(true).build();
            let _ = docker.remove_container(&it.id.unwrap(), Some(forced)).await;
        }
    });
}

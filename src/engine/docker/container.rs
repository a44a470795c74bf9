//! The container of an instance: which one it is, and what it is made from.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use bollard::models::{
    ContainerCreateBody, ContainerInspectResponse, ContainerStateStatusEnum, EndpointSettings, HostConfig,
    HostConfigLogConfig, Mount, MountPoint, MountType, NetworkingConfig, PortBinding, RestartPolicy,
    RestartPolicyNameEnum,
};
use rustix::process::{getegid, geteuid};

use crate::engine::docker::client::Client;
use crate::engine::docker::image;
use crate::engine::{Process, Site, archiving};
use crate::error::Error;

/// Where the data directory is in the container.
pub const DATA: &str = "/var/lib/postgresql/data";
/// Where the configuration file is in the container.
pub const CONFIG: &str = "/etc/postgresql/postgresql.conf";
/// Where the server archives its WAL in the container.
const ARCHIVE: &str = "/var/lib/postgresql/archive";
/// Where the archive is that it replays.
const REPLAY: &str = "/var/lib/postgresql/replay";
/// Where the server's socket is, as in the official image.
pub const SOCKET_DIR: &str = "/var/run/postgresql";
/// The port on which the server listens in the container.
const PORT: &str = "5432/tcp";
/// The label that says which resource a container belongs to.
pub const RESOURCE: (&str, &str) = ("vrooli.resource", "postgres");
/// The label that says which instance it is.
const INSTANCE: &str = "vrooli.instance";
/// The label that says what it was made from, so that a start can tell whether it is still as it should be.
const MADE_FROM: &str = "vrooli.made-from";
/// PostgreSQL's processes share memory through /dev/shm, of which a container has 64 MB otherwise.
const SHARED_MEMORY_BYTES: i64 = 1 << 30;
/// How long an engine that ends waits for the server, in seconds, before it kills it.
const STOP_TIMEOUT_SECONDS: i64 = 60;

/// What there is under an instance's name, and on its data.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The container that has the instance's data directory, whatever it is called.
    pub ours: Option<Ours>,
    /// The name that the instance's container should have, if somebody else's container has it.
    pub taken: Option<String>,
}

/// The container of an instance.
#[derive(Clone, Debug)]
pub struct Ours {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What the engine says of its process.
    pub state: ContainerStateStatusEnum,
    /// The process id of its server, as the machine counts.
    pub pid: i32,
    /// What it ended with.
    pub exit_code: i64,
    /// Where its server has its data.
    pub data_directory: PathBuf,
    /// What it was made from; none if we did not make it.
    pub made_from: Option<String>,
    /// The ports of this machine that lead to its server.
    pub ports: Vec<String>,
    /// The networks that it is in.
    pub networks: Vec<String>,
}

impl Ours {
    /// Whether its server is there, and whether it may go on.
    pub fn process(&self) -> Process {
        match self.state {
            ContainerStateStatusEnum::RUNNING => Process::Alive { pid: self.pid },
            ContainerStateStatusEnum::PAUSED => Process::Paused,
            _ => Process::None,
        }
    }
}

/// Finds the instance's container: by its name, and by its data where somebody has renamed it.
pub async fn find(client: &Client, prefix: &str, site: &Site) -> Result<Found, Error> {
    let name = name(prefix, site);
    let (ours, taken) = match client.container(&name).await? {
        Some(it) if has_data(it.mounts.as_ref(), site) => (ours(it), None),
        Some(_) => (renamed(client, site).await?, Some(name)),
        None => (renamed(client, site).await?, None),
    };
    Ok(Found { ours, taken })
}

/// The name of an instance's container.
pub fn name(prefix: &str, site: &Site) -> String {
    format!("{prefix}-{}", site.name)
}

async fn renamed(client: &Client, site: &Site) -> Result<Option<Ours>, Error> {
    let all = client.containers(None).await?;
    let it = all.into_iter().find(|it| has_data(it.mounts.as_ref(), site));
    let Some(id) = it.and_then(|it| it.id) else { return Ok(None) };
    Ok(client.container(&id).await?.and_then(ours))
}

/// A container is an instance's if it has the instance's data where servers have theirs: neither a name nor a label
/// proves that, and upstream's containers have no labels.
fn has_data(mounts: Option<&Vec<MountPoint>>, site: &Site) -> bool {
    let data = canonical(&site.data());
    let is_data = |it: &MountPoint| {
        it.destination.as_deref() == Some(DATA)
            && it.source.as_deref().is_some_and(|source| canonical(Path::new(source)) == data)
    };
    mounts.is_some_and(|all| all.iter().any(is_data))
}

/// The path without links, as far as it exists.
fn canonical(path: &Path) -> PathBuf {
    if let Ok(found) = fs::canonicalize(path) {
        return found;
    }
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(last)) => canonical(parent).join(last),
        _ => path.to_owned(),
    }
}

fn ours(found: ContainerInspectResponse) -> Option<Ours> {
    let (state, config) = (found.state.unwrap_or_default(), found.config.unwrap_or_default());
    let bindings = found.host_config.and_then(|it| it.port_bindings).unwrap_or_default();
    let networks = found.network_settings.and_then(|it| it.networks).unwrap_or_default();
    let ports = bindings.get(PORT).cloned().flatten().unwrap_or_default();
    Some(Ours {
        id: found.id?,
        name: found.name.unwrap_or_default().trim_start_matches('/').to_owned(),
        state: state.status.unwrap_or(ContainerStateStatusEnum::EMPTY),
        pid: state.pid.and_then(|it| i32::try_from(it).ok()).unwrap_or_default(),
        exit_code: state.exit_code.unwrap_or_default(),
        data_directory: image::environment(config.env.as_ref(), "PGDATA").unwrap_or(DATA).into(),
        made_from: config.labels.and_then(|mut it| it.remove(MADE_FROM)),
        ports: ports.into_iter().filter_map(|it| it.host_port).collect(),
        networks: networks.into_keys().collect(),
    })
}

/// What the instance's container is made from. It holds no password: the data directory has it already.
pub fn body(site: &Site, network: &str, name: &str) -> ContainerCreateBody {
    let mut body = ContainerCreateBody {
        image: Some(image::reference(&site.container).to_owned()),
        user: server_user(&site.data()),
        cmd: Some(std::iter::once("postgres".to_owned()).chain(settings(site)).collect()),
        env: Some(environment(site)),
        exposed_ports: Some(vec![PORT.to_owned()]),
        stop_signal: Some("SIGINT".to_owned()),
        stop_timeout: Some(STOP_TIMEOUT_SECONDS),
        host_config: Some(HostConfig {
            network_mode: Some(network.to_owned()),
            port_bindings: Some(HashMap::from([(PORT.to_owned(), Some(vec![binding(site.port)]))])),
            mounts: Some(mounts(site)),
            restart_policy: Some(RestartPolicy {
                name: Some(RestartPolicyNameEnum::UNLESS_STOPPED),
                maximum_retry_count: None,
            }),
            memory: site.container.memory_bytes.and_then(|it| i64::try_from(it).ok()),
            nano_cpus: site.container.cpu_millis.and_then(|it| i64::try_from(it * 1_000_000).ok()),
            shm_size: Some(SHARED_MEMORY_BYTES),
            log_config: Some(log_config()),
            ..HostConfig::default()
        }),
        networking_config: Some(NetworkingConfig {
            endpoints_config: Some(HashMap::from([(network.to_owned(), endpoint(name))])),
        }),
        ..ContainerCreateBody::default()
    };
    let made_from = made_from(&body, site);
    let labels = [
        (RESOURCE.0.to_owned(), RESOURCE.1.to_owned()),
        (INSTANCE.to_owned(), site.name.clone()),
        (MADE_FROM.to_owned(), made_from),
    ];
    body.labels = Some(HashMap::from(labels));
    body
}

/// What other programs look for in a container of the official image, but for the password, which is a secret.
fn environment(site: &Site) -> Vec<String> {
    let told = [("POSTGRES_USER", &site.user), ("POSTGRES_DB", &site.database)];
    let told = told.into_iter().filter(|(_, value)| !value.is_empty());
    std::iter::once(format!("PGDATA={DATA}"))
        .chain(told.map(|(name, value)| format!("{name}={value}")))
        .collect()
}

/// What stands for all that a container is made from.
fn made_from(body: &ContainerCreateBody, site: &Site) -> String {
    let networks = &site.container.networks;
    // Through a value, whose maps are ordered: those of the body are not.
    let text = serde_json::to_value(body).map(|mut it| {
        it.sort_all_objects();
        format!("{it} {networks:?}")
    });
    format!("{:08x}", crc32c::crc32c(text.unwrap_or_default().as_bytes()))
}

/// Whether a container is still what a new one would be.
pub fn is_as_made(ours: &Ours, body: &ContainerCreateBody) -> bool {
    let wanted = body.labels.as_ref().and_then(|it| it.get(MADE_FROM));
    match &ours.made_from {
        Some(made_from) => wanted == Some(made_from),
        // An adopted one is taken as it is.
        None => true,
    }
}

/// A way into a network, under the container's name.
pub fn endpoint(name: &str) -> EndpointSettings {
    EndpointSettings { aliases: Some(vec![name.to_owned()]), ..EndpointSettings::default() }
}

/// A folder or file of this machine in a container.
pub fn mount(source: &Path, target: &str, read_only: bool) -> Mount {
    Mount {
        source: Some(source.display().to_string()),
        target: Some(target.to_owned()),
        typ: Some(MountType::BIND),
        read_only: Some(read_only),
        ..Mount::default()
    }
}

fn mounts(site: &Site) -> Vec<Mount> {
    let config = site.config_file();
    let mut mounts = vec![mount(&canonical(&site.data()), DATA, false)];
    // An adopted instance may have its configuration in its data directory only.
    if config.exists() {
        mounts.push(mount(&canonical(&config), CONFIG, true));
    }
    mounts.extend(site.archive.as_ref().map(|it| mount(&canonical(it), ARCHIVE, false)));
    mounts.extend(site.replay.as_ref().map(|it| mount(&canonical(&it.archive), REPLAY, true)));
    mounts
}

/// Where the server sees its archive, or the one that it replays.
fn wal_place(site: &Site, path: &Path) -> &'static str {
    if site.archive.as_deref() == Some(path) { ARCHIVE } else { REPLAY }
}

/// Nobody but this machine gets in.
fn binding(port: u16) -> PortBinding {
    PortBinding { host_ip: Some("127.0.0.1".to_owned()), host_port: Some(port.to_string()) }
}

/// Logs that can be read back, and do not fill the disk.
pub fn log_config() -> HostConfigLogConfig {
    let limits = [("max-size", "16m"), ("max-file", "2")];
    HostConfigLogConfig {
        typ: Some("json-file".to_owned()),
        config: Some(limits.map(|(name, value)| (name.to_owned(), value.to_owned())).into()),
    }
}

/// The user who runs the server: ourselves where the data is ours, so that it stays ours. Otherwise the image decides,
/// which begins as root and hands the data to its own user.
pub fn server_user(data: &Path) -> Option<String> {
    let ours = !geteuid().is_root() && fs::metadata(data).is_ok_and(|it| it.uid() == geteuid().as_raw());
    ours.then(|| format!("{}:{}", geteuid().as_raw(), getegid().as_raw()))
}

/// Settings that are the engine's affair, whatever the template says.
pub fn settings(site: &Site) -> Vec<String> {
    let config_file = site.config_file().exists().then_some(("config_file", CONFIG));
    let pairs = [
        ("data_directory", DATA),
        ("listen_addresses", "*"),
        ("port", "5432"),
        ("unix_socket_directories", SOCKET_DIR),
        ("cluster_name", &site.name),
        ("logging_collector", "off"),
        ("log_destination", "stderr"),
        ("log_line_prefix", "%m [%p] "),
        ("log_timezone", "UTC"),
    ];
    let own = config_file.into_iter().chain(pairs).map(|(name, value)| (name, value.to_owned()));
    let all = own.chain(archiving::settings(site, |path| wal_place(site, path).to_owned()));
    all.flat_map(|(name, value)| ["-c".to_owned(), format!("{name}={value}")]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Container;

    fn site() -> Site {
        let container = Container {
            image: "postgres:16-alpine".to_owned(),
            digest: "postgres@sha256:12".to_owned(),
            memory_bytes: Some(512 << 20),
            cpu_millis: Some(1500),
            ..Container::default()
        };
        let (user, database) = ("vrooli".to_owned(), "shop".to_owned());
        Site { port: 5440, user, database, ..Site::at("shop", "/instances/shop".into(), container) }
    }

    #[test]
    fn a_container_is_reached_from_this_machine_only_and_holds_no_password() {
        let body = body(&site(), "vrooli-network", "vrooli-postgres-shop");
        let host = body.host_config.clone().unwrap();
        let bindings = host.port_bindings.unwrap()[PORT].clone().unwrap();
        assert_eq!(bindings, [binding(5440)]);
        assert_eq!(bindings[0].host_ip.as_deref(), Some("127.0.0.1"));
        assert_eq!(body.image.as_deref(), Some("postgres@sha256:12"));
        assert_eq!((host.memory, host.nano_cpus), (Some(512 << 20), Some(1_500_000_000)));
        let env = ["PGDATA=/var/lib/postgresql/data", "POSTGRES_USER=vrooli", "POSTGRES_DB=shop"];
        assert_eq!(body.env.unwrap(), env);
    }

    #[test]
    fn whatever_a_container_is_made_from_changes_what_it_is_compared_by() {
        let made_from = |site: &Site| body(site, "net", "name").labels.unwrap().remove(MADE_FROM).unwrap();
        let same = made_from(&site());
        assert_eq!(same, made_from(&site()), "it does not depend on the order of maps");
        let other = |change: fn(&mut Site)| {
            let mut site = site();
            change(&mut site);
            made_from(&site)
        };
        let changes: [fn(&mut Site); 5] = [
            |it| it.database = "other".to_owned(),
            |it| it.port = 5441,
            |it| it.container.digest = "postgres@sha256:13".to_owned(),
            |it| it.container.networks = vec!["shop".to_owned()],
            |it| it.container.memory_bytes = None,
        ];
        for change in changes {
            assert_ne!(other(change), same);
        }
    }

    #[test]
    fn a_container_is_an_instances_by_its_data_and_not_by_its_name() {
        let at = |source: &str, destination: &str| {
            Some(vec![MountPoint {
                source: Some(source.to_owned()),
                destination: Some(destination.to_owned()),
                ..MountPoint::default()
            }])
        };
        assert!(has_data(at("/instances/shop/data", DATA).as_ref(), &site()));
        assert!(!has_data(at("/instances/other/data", DATA).as_ref(), &site()));
        assert!(!has_data(at("/instances/shop/data", "/backup").as_ref(), &site()));
        assert!(!has_data(None, &site()));
    }
}

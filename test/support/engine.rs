//! A Docker engine of a test's own, which may be stopped and killed without anybody else noticing.

use std::fs::{self, File};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bollard::errors::Error;
use bollard::query_parameters::{
    ListContainersOptionsBuilder, ListNetworksOptions, RemoveContainerOptionsBuilder,
};
use bollard::{API_DEFAULT_VERSION, Docker};

use super::docker::finish;
use super::image::BUSYBOX;
use super::{is_root, kill, kill_all_below};

const DAEMON: &str = "dockerd";
const CONTAINERD: &str = "containerd";
const WATCH: &str = include_str!("../fixtures/engine-watch.sh");
/// How long an engine may take to begin, and to end with all its containers.
const LIMIT: Duration = Duration::from_secs(30);
/// Who listens on this port, behind it on the next ones, has the network of that number on this machine.
const FIRST_CLAIM: u16 = 6980;
/// Engines that there can be at once, on the whole machine. Rooms begin behind their claims.
const NETWORKS: u16 = 20;

/// An engine with its own images, containers and networks. It is ended with all of them when it is dropped.
#[derive(Debug)]
pub struct PrivateEngine {
    dir: PathBuf,
    network: Network,
    /// What starts containers for it, and lives on when it is killed. One that an engine starts itself would die with it.
    containers: Child,
    daemon: Option<Child>,
    watch: Watch,
}

/// A process that ends an engine when its test has ended, even by a kill: it sees the end of a pipe from the test.
#[derive(Debug)]
struct Watch(Child);

/// The bridge that an engine's containers are at. An engine without one (`--bridge=none`), or with addresses for more
/// (`--default-address-pool`), takes docker0 away from the machine's engine.
#[derive(Debug)]
struct Network {
    number: u16,
    _claim: TcpListener,
}

impl PrivateEngine {
    /// Starts an engine that keeps everything in a folder, or else the test is skipped.
    pub fn start_or_skip(dir: &Path) -> Option<Self> {
        if let Some(why) = lacking() {
            println!("skipped: no Docker engine of its own: {why}");
            return None;
        }
        fs::create_dir_all(dir).unwrap();
        let network = Network::make();
        let containers = containerd(dir).spawn().unwrap();
        let watch = Watch::on(dir, &containers);
        let mut engine = Self { dir: dir.to_owned(), network, containers, daemon: None, watch };
        engine.start();
        Some(engine)
    }

    /// The socket that it listens on.
    pub fn socket(&self) -> PathBuf {
        self.dir.join("docker.sock")
    }

    /// The socket as `DOCKER_HOST` names it.
    pub fn host(&self) -> String {
        format!("unix://{}", self.socket().display())
    }

    /// The interface that its containers are connected with.
    pub fn bridge(&self) -> String {
        self.network.bridge()
    }

    /// A connection to it.
    pub fn docker(&self) -> Docker {
        self.connect().unwrap()
    }

    /// Starts it after its end. Containers that still run after `kill` are ended by that.
    pub fn start(&mut self) {
        self.try_start().unwrap_or_else(|why| panic!("{why}\n{}", self.log()));
    }

    /// Stops it, and its containers before.
    pub fn stop(&mut self) {
        let Some(mut daemon) = self.daemon.take() else { return };
        kill(process(&daemon), "TERM");
        let deadline = Instant::now() + LIMIT;
        while daemon.try_wait().unwrap().is_none() {
            if deadline <= Instant::now() {
                kill(process(&daemon), "KILL");
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Kills it. Its containers run on, as they do when an engine crashes.
    pub fn kill(&mut self) {
        let Some(mut daemon) = self.daemon.take() else { return };
        kill(process(&daemon), "KILL");
        daemon.wait().unwrap();
    }

    /// What it has said.
    pub fn log(&self) -> String {
        fs::read_to_string(self.dir.join("log")).unwrap_or_default()
    }

    fn try_start(&mut self) -> Result<(), String> {
        assert!(self.daemon.is_none(), "the engine runs already");
        let mut daemon = self.command().spawn().unwrap();
        let deadline = Instant::now() + LIMIT;
        loop {
            let Err(last) = self.connect() else { break };
            if let Some(status) = daemon.try_wait().unwrap() {
                return Err(format!("{DAEMON} has ended: {status}"));
            }
            if deadline <= Instant::now() {
                return Err(format!("{DAEMON} does not answer: {last}"));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        self.daemon = Some(daemon);
        Ok(())
    }

    fn command(&self) -> Command {
        let at = |name: &str| self.dir.join(name);
        // The machine's settings are for the machine's engine.
        fs::write(at("settings.json"), "{}").unwrap();
        let mut command = command(&self.dir, DAEMON);
        command.args(["--iptables=false", "--ip-forward=false", "--ip-masq=false"]);
        command.arg("--config-file").arg(at("settings.json")).arg("--pidfile").arg(at("pid"));
        command.arg("--data-root").arg(at("data")).arg("--exec-root").arg(at("exec"));
        command.arg("--containerd").arg(at("containerd.sock"));
        command.args(["--host", &self.host(), "--bridge", &self.network.bridge()]);
        command
    }

    fn connect(&self) -> Result<Docker, Error> {
        let docker = Docker::connect_with_unix(&self.host(), LIMIT.as_secs(), API_DEFAULT_VERSION)?;
        finish(docker.negotiate_version())
    }

    /// Removes what would outlive the engine: containers' processes and mounts, and bridges.
    fn clear(&self) -> Result<(), Error> {
        let docker = self.connect()?;
        finish(async {
            let all = ListContainersOptionsBuilder::default().all(true).build();
            for container in docker.list_containers(Some(all)).await? {
                let options = RemoveContainerOptionsBuilder::default().force(true).v(true).build();
                docker.remove_container(&container.id.unwrap_or_default(), Some(options)).await?;
            }
            for network in docker.list_networks(None::<ListNetworksOptions>).await? {
                // The engine's own cannot be removed, and end with it.
                let _ = docker.remove_network(&network.id.unwrap_or_default()).await;
            }
            Ok(())
        })
    }
}

impl Drop for PrivateEngine {
    fn drop(&mut self) {
        // Only an engine knows what belongs to containers that have outlived it.
        let started = if self.daemon.is_some() { Ok(()) } else { self.try_start() };
        let cleared = started.and_then(|()| self.clear().map_err(|err| err.to_string()));
        self.watch.end();
        let _ = self.daemon.take().map(|mut it| it.wait());
        let _ = self.containers.wait();
        kill_all_below(&self.dir);
        if let Err(why) = cleared {
            println!("something may be left of a Docker engine: {why}\n{}", self.log());
        }
    }
}

impl Watch {
    fn on(dir: &Path, containers: &Child) -> Self {
        let mut command = command(dir, BUSYBOX);
        command.args(["sh", "-c", WATCH, "engine-watch"]).arg(dir).arg(containers.id().to_string());
        Self(command.stdin(Stdio::piped()).spawn().unwrap())
    }

    fn end(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

impl Network {
    fn make() -> Self {
        let claim = |number| Some((number, TcpListener::bind(("127.0.0.1", FIRST_CLAIM + number)).ok()?));
        let claimed = (0..NETWORKS).find_map(claim);
        let (number, claim) = claimed.unwrap_or_else(|| panic!("all {NETWORKS} private networks are in use"));
        let network = Self { number, _claim: claim };
        let bridge = network.bridge();
        // One of a test that was killed.
        network.remove();
        ip(&["link", "add", &bridge, "type", "bridge"]).unwrap();
        ip(&["addr", "add", &format!("10.{}.255.1/24", 200 + number), "dev", &bridge]).unwrap();
        network
    }

    fn bridge(&self) -> String {
        format!("rp-bridge{}", self.number)
    }

    fn remove(&self) {
        let _ = ip(&["link", "del", "dev", &self.bridge()]);
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        self.remove();
    }
}

/// What this machine lacks for an engine of one's own.
fn lacking() -> Option<String> {
    if !is_root() {
        return Some("this is not root".to_owned());
    }
    let is_there = |it: &str| Command::new(it).arg("--help").output().is_ok();
    [DAEMON, CONTAINERD, BUSYBOX].into_iter().find(|it| !is_there(it)).map(|it| format!("there is no {it}"))
}

fn containerd(dir: &Path) -> Command {
    let mut command = command(dir, CONTAINERD);
    let settings = dir.join("containerd.toml");
    // The part for Kubernetes looks for network plugins.
    fs::write(&settings, "version = 2\ndisabled_plugins = [\"io.containerd.grpc.v1.cri\"]\n").unwrap();
    command.arg("--config").arg(settings).arg("--address").arg(dir.join("containerd.sock"));
    command.arg("--root").arg(dir.join("containerd")).arg("--state").arg(dir.join("containerd.state"));
    command
}

/// A command that works and logs in a folder. It is not ended with the test's process group, but in its turn.
fn command(dir: &Path, program: &str) -> Command {
    let log = File::options().create(true).append(true).open(dir.join("log")).unwrap();
    let mut command = Command::new(program);
    command.current_dir(dir).process_group(0);
    command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
    command
}

fn process(daemon: &Child) -> i32 {
    i32::try_from(daemon.id()).unwrap()
}

fn ip(args: &[&str]) -> Result<(), String> {
    let output = Command::new(BUSYBOX).arg("ip").args(args).output().unwrap();
    let said = || format!("ip {}: {}", args.join(" "), String::from_utf8_lossy(&output.stderr));
    output.status.success().then_some(()).ok_or_else(said)
}

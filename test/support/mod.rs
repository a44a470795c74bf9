//! `Room`: a test's own world: instances, ports, environment, and what the program answered.
#![allow(dead_code, reason = "each test binary uses its own part")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on should stop where it stands"
)]

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fmt;
use std::fs::{self, File};
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use regex_lite::{Captures, Regex};
use resource_postgres::engine::native::segment::remove_left_by;
use resource_postgres::instances::ports::bindable;
use resource_postgres::runtime::Kind;
use rustix::fs::StatVfsMountFlags;
use rustix::process::{Pid, Signal};
use tempfile::TempDir;

pub mod container;
pub mod disk;
pub mod docker;
pub mod engine;
pub mod image;
pub mod living;
pub mod registry;

/// First port of the first room: four digits, as the ports that snapshots show instead.
const FIRST_PORT: u16 = 7000;
/// Ports that a room has.
const PORTS: u16 = 67;
/// Rooms that can be open at once, on the whole machine.
const ROOMS: u16 = 42;
/// Memory that has to be free for rooms to be in it.
const MEMORY_BYTES: u64 = 8 << 30;
/// The machine's unprivileged user.
const NOBODY: u32 = 65534;

/// A test's own world. It is closed, with all its servers, when it is dropped.
pub struct Room {
    dir: TempDir,
    /// Which engine its instances are on.
    pub kind: Kind,
    /// First port of the room's range; snapshots show it as 5433.
    pub port: u16,
    program: PathBuf,
    user: Option<u32>,
    env: BTreeMap<String, String>,
    programs: OnceCell<PathBuf>,
    _claim: TcpListener,
}

/// What a run of the program answered.
pub struct Answer {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
    command: String,
    normal: Normal,
}

/// Everything in snapshots that is not the same on every run, and what stands for it.
struct Normal {
    patterns: Vec<(Regex, String)>,
    first_port: u16,
}

impl Room {
    /// An empty room.
    pub fn new() -> Self {
        Self::on(kind())
    }

    /// An empty room on one engine, whatever the run of the tests is for.
    pub fn on(kind: Kind) -> Self {
        // Root's servers run as another user, who has to get through this folder.
        let dir = tempfile::Builder::new()
            .prefix("rp-")
            .permissions(fs::Permissions::from_mode(0o711))
            .tempdir_in(rooms())
            .unwrap();
        let (port, claim) = claim_ports();
        let (program, programs) = (binary(), OnceCell::new());
        let mut room =
            Self { dir, kind, port, program, user: None, env: BTreeMap::new(), programs, _claim: claim };
        let instances = room.instances().display().to_string();
        let wal = room.path().join("wal").display().to_string();
        for (name, value) in [
            ("PATH", std::env::var("PATH").unwrap()),
            ("HOME", room.path().display().to_string()),
            ("POSTGRES_INSTANCES_DIR", instances),
            ("POSTGRES_WAL_DIR", wal),
            ("POSTGRES_CACHE_DIR", seeds(rustix::process::geteuid().as_raw()).display().to_string()),
            ("POSTGRES_RUNTIME", room.kind.word().to_owned()),
            ("POSTGRES_DEFAULT_PORT", port.to_string()),
            ("POSTGRES_INSTANCE_PORT_RANGE_START", port.to_string()),
            ("POSTGRES_INSTANCE_PORT_RANGE_END", (port + PORTS - 1).to_string()),
        ] {
            room.set(name, &value);
        }
        if kind == Kind::Docker {
            // Of a test that was killed on these ports.
            container::remove_all(&container::prefix(port));
            room.set("POSTGRES_IMAGE", &container::image());
            room.set("POSTGRES_CONTAINER_PREFIX", &container::prefix(port));
            room.set("POSTGRES_NETWORK", container::network());
        }
        for name in ["POSTGRES_BIN_DIR", "POSTGRES_OS_USER", "DOCKER_HOST"] {
            if let Ok(value) = std::env::var(name) {
                room.set(name, &value);
            }
        }
        room
    }

    /// A room whose instance `main` is up.
    pub fn up() -> Self {
        let room = Self::new();
        room.run(["up"]).done();
        room
    }

    /// A room in which the program runs as an ordinary user: as `nobody` if this test run is root's.
    pub fn of_nobody() -> Self {
        Self::of_nobody_on(kind())
    }

    /// The same on one engine, whatever the run of the tests is for.
    pub fn of_nobody_on(kind: Kind) -> Self {
        let mut room = Self::on(kind);
        if !is_root() {
            return room;
        }
        room.program = room.path().join("resource-postgres");
        fs::copy(binary(), &room.program).unwrap();
        chown(room.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        room.set("POSTGRES_CACHE_DIR", &seeds(NOBODY).display().to_string());
        room.user = Some(NOBODY);
        room
    }

    /// Sets a variable for every run from here on.
    pub fn set(&mut self, name: &str, value: &str) {
        self.env.insert(name.to_owned(), value.to_owned());
    }

    /// Unsets a variable for every run from here on.
    pub fn unset(&mut self, name: &str) {
        self.env.remove(name);
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// What makes other programs use this room's instances by this program.
    pub fn variables(&self) -> impl Iterator<Item = (&str, &str)> {
        let own = self.env.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let program = self.program.to_str().map(|it| ("POSTGRES_RESOURCE_BIN", it));
        own.filter(|(name, _)| !["HOME", "PATH"].contains(name)).chain(program)
    }

    /// The folder of all instances.
    pub fn instances(&self) -> PathBuf {
        self.path().join("instances")
    }

    /// The folder of one instance.
    pub fn instance(&self, name: &str) -> PathBuf {
        self.instances().join(name)
    }

    pub fn data(&self, name: &str) -> PathBuf {
        self.instance(name).join("data")
    }

    /// A value of an instance's record.
    pub fn recorded(&self, name: &str, key: &str) -> String {
        let file = self.instance(name).join("config/instance.conf");
        let text = fs::read_to_string(&file).unwrap_or_else(|err| panic!("{}: {err}", file.display()));
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("{key}=\""))?.strip_suffix('"'));
        line.unwrap_or_else(|| panic!("no {key} in {text}")).to_owned()
    }

    /// The container of an instance, on the Docker engine.
    pub fn container(&self, name: &str) -> String {
        format!("{}-{name}", container::prefix(self.port))
    }

    /// The server's process id, from its pid file; in a container the server counts by itself.
    pub fn pid(&self, name: &str) -> i32 {
        if self.kind == Kind::Docker {
            return container::pid(&self.container(name));
        }
        let text = fs::read_to_string(self.data(name).join("postmaster.pid")).unwrap();
        text.lines().next().unwrap().trim().parse().unwrap()
    }

    /// What the instance's server has written.
    pub fn log(&self, name: &str) -> String {
        if self.kind == Kind::Docker {
            return container::logged(&self.container(name));
        }
        fs::read_to_string(self.instance(name).join("log/postgresql.log")).unwrap()
    }

    /// Writes a file into the room and answers its path.
    pub fn file(&self, name: &str, text: &str) -> String {
        let path = self.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    /// A command of the program under test, with the room's environment and nothing else.
    pub fn command<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        self.command_of(&self.program, args)
    }

    /// A command of another program, in the same surroundings.
    pub fn command_of<S: AsRef<OsStr>>(&self, program: &Path, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(program);
        command.args(args).env_clear().envs(&self.env).current_dir(self.path()).stdin(Stdio::null());
        if let Some(user) = self.user {
            command.uid(user).gid(user);
        }
        command
    }

    /// Runs the program to its end.
    pub fn run<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Answer {
        let mut command = self.command(args);
        let output = command.output().unwrap();
        self.answer(&command, &output)
    }

    /// Runs the program with text on its standard input.
    pub fn feed<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>, input: &str) -> Answer {
        let mut command = self.command(args);
        let file = self.path().join(".stdin");
        fs::write(&file, input).unwrap();
        let output = command.stdin(File::open(file).unwrap()).output().unwrap();
        self.answer(&command, &output)
    }

    /// Starts the program and does not wait for it.
    pub fn spawn<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Child {
        self.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Waits for a program that was started.
    pub fn wait(&self, child: Child) -> Answer {
        let output = child.wait_with_output().unwrap();
        self.answer(&Command::new("(spawned)"), &output)
    }

    pub fn answer(&self, command: &Command, output: &Output) -> Answer {
        let words: Vec<String> = command.get_args().map(|it| it.to_string_lossy().into_owned()).collect();
        Answer {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            command: words.join(" "),
            normal: self.normal(),
        }
    }

    /// One value from SQL, asked through the program.
    pub fn value(&self, instance: &str, sql: &str) -> String {
        let answer = self.run(["content", "execute", "--instance", instance, sql]).done();
        answer.stdout.lines().nth(2).unwrap_or_default().trim().to_owned()
    }

    /// The state of an instance, asked through the program.
    pub fn state(&self, instance: &str) -> String {
        let answer = self.run(["status", "--format", "json", instance]);
        let report: serde_json::Value =
            serde_json::from_str(&answer.stdout).unwrap_or_else(|err| panic!("{err}\n{answer}"));
        report.pointer("/instances/0/state").unwrap().as_str().unwrap().to_owned()
    }

    /// The folder of PostgreSQL's programs, as the program under test finds them.
    pub fn programs(&self) -> &Path {
        self.programs.get_or_init(|| {
            let answer = self.run(["programs"]).done();
            PathBuf::from(answer.stdout.trim_end().rsplit(" in ").next().unwrap())
        })
    }

    /// psql on an instance, with the credentials of its record and without anybody's settings.
    pub fn psql(&self, instance: &str) -> Option<Command> {
        let mut psql = Command::new(self.programs().join("psql"));
        psql.arg("-X").env_clear().current_dir(self.path()).stdin(Stdio::null());
        psql.env("PGHOST", "127.0.0.1").envs(self.env.get("PATH").map(|path| ("PATH", path)));
        let recorded =
            [("PGPORT", "port"), ("PGUSER", "user"), ("PGDATABASE", "database"), ("PGPASSWORD", "password")];
        psql.envs(recorded.map(|(name, key)| (name, self.recorded(instance, key))));
        let is_there = Path::new(psql.get_program()).exists();
        assert!(is_there || std::env::var_os("CI").is_none(), "this machine has no psql to compare with");
        if !is_there {
            println!("skipped: no psql");
        }
        is_there.then_some(psql)
    }

    /// A folder of PostgreSQL's programs whose server takes `seconds` to begin.
    pub fn slow_programs(&self, seconds: &str) -> PathBuf {
        let (real, slow) = (self.programs(), self.path().join("slow"));
        fs::create_dir(&slow).unwrap();
        fs::create_dir(slow.join("shell")).unwrap();
        // A server is known by the name of its program, which of a script is that of the shell.
        let shell = slow.join("shell/postgres");
        fs::copy("/bin/bash", &shell).unwrap();
        std::os::unix::fs::symlink(real.join("initdb"), slow.join("initdb")).unwrap();
        self.program(
            "slow/postgres",
            &format!(
                "#!{}\ncase \"$*\" in --version | *' -C '*) ;; *) sleep {seconds} ;; esac\n\
                 exec {}/postgres \"$@\"\n",
                shell.display(),
                real.display()
            ),
        );
        slow
    }

    /// Writes a program into the room and answers its path.
    pub fn program(&self, name: &str, text: &str) -> String {
        let path = self.file(name, text);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    fn normal(&self) -> Normal {
        let path = regex_lite::escape(&self.path().display().to_string());
        let mut all = vec![
            (path, "[room]".to_owned()),
            (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ UTC \[\d+\]".to_owned(), "[time] [pid]".to_owned()),
            (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC".to_owned(), "[time]".to_owned()),
            (r"\d\d\.\d+ \(Debian[^)]*\)|\b1\d\.\d+\b".to_owned(), "[version]".to_owned()),
            (r"on x86_64[^\n|]*bit".to_owned(), "on [platform]".to_owned()),
            (r"\b(smoke|integration)-[0-9a-f]+ \(".to_owned(), "[test] (".to_owned()),
            (container::prefix(self.port), "vrooli-postgres".to_owned()),
            (r#"(engine"?: ?"?)(docker|native)"#.to_owned(), "${1}[engine]".to_owned()),
            (r"resource-postgres-test:\d+-[0-9a-f]{8}".to_owned(), "postgres:16-alpine".to_owned()),
            (r"sha256:[0-9a-f]{64}".to_owned(), "[digest]".to_owned()),
            (r"\(pid \d+\)".to_owned(), "(pid [pid])".to_owned()),
            (r"process \d+".to_owned(), "process [pid]".to_owned()),
        ];
        for instance in fs::read_dir(self.instances()).into_iter().flatten().flatten() {
            let record = fs::read_to_string(instance.path().join("config/instance.conf")).unwrap_or_default();
            let password = record.lines().find_map(|it| it.strip_prefix("password=\"")?.strip_suffix('"'));
            all.extend(password.map(|it| (regex_lite::escape(it), "[password]".to_owned())));
        }
        let patterns = all.into_iter().map(|(pattern, by)| (Regex::new(&pattern).unwrap(), by)).collect();
        Normal { patterns, first_port: self.port }
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        if self.kind == Kind::Docker {
            container::remove_all(&container::prefix(self.port));
        }
        kill_all_below(self.path());
        for instance in fs::read_dir(self.instances()).into_iter().flatten().flatten() {
            remove_left_by(&instance.path().join("data"));
        }
    }
}

/// The steps at which something is killed: all of them, but in containers, where each takes five times as long, those that
/// leave one behind, or something in one.
pub fn tried<'a>(all: &[&'a str], in_containers: &[&'a str]) -> Vec<&'a str> {
    match kind() {
        Kind::Native => all.to_vec(),
        Kind::Docker => in_containers.to_vec(),
    }
}

/// The engine that this run of the tests is for.
fn kind() -> Kind {
    match std::env::var("RESOURCE_POSTGRES_TEST_RUNTIME").as_deref() {
        Ok("docker") => Kind::Docker,
        Ok("native") | Err(_) => Kind::Native,
        Ok(other) => {
            panic!("RESOURCE_POSTGRES_TEST_RUNTIME is `{other}`, which is neither docker nor native")
        }
    }
}

/// Programs of later major versions than this one, with their versions, the latest last: those in the folder that
/// `RESOURCE_POSTGRES_TEST_PROGRAMS` names, and those that came with them. Unless there are none.
pub fn later_or_skip(major: u32) -> Option<Vec<(u32, PathBuf)>> {
    let Some(named) = std::env::var_os("RESOURCE_POSTGRES_TEST_PROGRAMS").map(PathBuf::from) else {
        println!("skipped: RESOURCE_POSTGRES_TEST_PROGRAMS names no PostgreSQL later than {major}");
        return None;
    };
    let beside = named.ancestors().nth(2).into_iter().flat_map(|it| fs::read_dir(it).into_iter().flatten());
    let beside = beside.flatten().map(|it| it.path().join("bin"));
    let all = std::iter::once(named.clone()).chain(beside).filter(|it| it.join("postgres").exists());
    let mut all: Vec<(u32, PathBuf)> = all.map(|it| (major_of(&it), it)).filter(|it| it.0 > major).collect();
    all.sort();
    all.dedup();
    assert!(!all.is_empty(), "what RESOURCE_POSTGRES_TEST_PROGRAMS names is not later than {major}");
    Some(all)
}

/// The major version of the programs in a folder.
pub fn major_of(bin: &Path) -> u32 {
    let output = Command::new(bin.join("postgres")).arg("--version").output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let version = said.split_whitespace().nth(2).unwrap();
    version.split(|it: char| !it.is_ascii_digit()).next().unwrap().parse().unwrap()
}

/// Ends every process that works below a folder. A server that is let to exit gives its shared memory back; one that
/// hangs is killed.
pub fn kill_all_below(dir: &Path) {
    let dir = dir.canonicalize().unwrap_or(dir.to_owned());
    for round in 0..300 {
        let pids = pids_below(&dir);
        if pids.is_empty() {
            return;
        }
        for pid in pids {
            match round {
                0 => kill(pid, "QUIT"),
                1..100 => {}
                _ => kill(pid, "KILL"),
            }
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Processes that work below a folder.
pub fn pids_below(dir: &Path) -> Vec<i32> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let below = |pid: &i32| fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd.starts_with(dir));
    let own = i32::try_from(std::process::id()).unwrap();
    entries
        .filter_map(|it| it.file_name().to_str()?.parse().ok())
        .filter(below)
        .filter(|it| *it != own)
        .collect()
}

/// Sends a signal, by its name, to a process. A bare machine has no program for it.
pub fn kill(pid: i32, signal: &str) {
    let number = match signal {
        "CONT" => Signal::CONT,
        "HUP" => Signal::HUP,
        "INT" => Signal::INT,
        "KILL" => Signal::KILL,
        "QUIT" => Signal::QUIT,
        "STOP" => Signal::STOP,
        "TERM" => Signal::TERM,
        other => panic!("no test sends {other}"),
    };
    let shared = if number == Signal::KILL { mapped_memory(pid) } else { Vec::new() };
    let _ = rustix::process::kill_process(Pid::from_raw(pid).unwrap(), number);
    shared.iter().for_each(|file| drop(fs::remove_file(file)));
    if number == Signal::KILL {
        // A process that is dead but not buried yet has no program any more.
        let dead = || fs::read_link(format!("/proc/{pid}/exe")).is_err();
        (0..200).take_while(|_| !dead()).for_each(|_| std::thread::sleep(Duration::from_millis(5)));
    }
}

/// The files of shared memory that a server maps. It deletes them when it ends, unless it is killed.
fn mapped_memory(pid: i32) -> Vec<PathBuf> {
    let maps = fs::read_to_string(format!("/proc/{pid}/maps")).unwrap_or_default();
    let files = maps.lines().filter_map(|line| line.split_whitespace().last());
    files.filter(|it| it.starts_with("/dev/shm/PostgreSQL.")).map(PathBuf::from).collect()
}

/// Whether this test run is root's.
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Looks until something holds; fails with `what` after ten seconds.
pub fn eventually(what: &str, holds: impl FnMut() -> bool) {
    eventually_within(Duration::from_secs(30), what, holds);
}

/// Looks until something holds; fails with `what` after a time.
pub fn eventually_within(limit: Duration, what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + limit;
    while !holds() {
        assert!(Instant::now() < deadline, "never happened: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The program under test.
pub fn binary() -> PathBuf {
    assert_cmd::cargo::cargo_bin!("resource-postgres").to_owned()
}

/// Where rooms are: in memory if there is plenty, and programs may be run from there. Each instance has a thousand files,
/// and some disks take a millisecond for each.
fn rooms() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    let plenty = rustix::fs::statvfs(&memory).is_ok_and(|it| {
        it.f_bavail * it.f_frsize > MEMORY_BYTES && !it.f_flag.contains(StatVfsMountFlags::NOEXEC)
    });
    if plenty { memory } else { std::env::temp_dir() }
}

/// Seeds are shared by all tests of a user, so that initdb is paid once.
fn seeds(user: u32) -> PathBuf {
    let dir = std::env::temp_dir().join(format!("rp-seeds-{user}"));
    fs::create_dir_all(&dir).unwrap();
    fs::set_permissions(&dir, fs::Permissions::from_mode(0o711)).unwrap();
    chown(&dir, Some(user), None).unwrap();
    dir
}

/// A range of ports that no other room on this machine has now. Who listens on the port behind it has it: that is told
/// across users and roots, and ends with the test.
fn claim_ports() -> (u16, TcpListener) {
    for number in 0..ROOMS {
        let first = FIRST_PORT + number * (PORTS + 3);
        let Ok(claim) = TcpListener::bind(("127.0.0.1", first + PORTS)) else { continue };
        if (first..first + PORTS).all(bindable) {
            return (first, claim);
        }
    }
    panic!("all {ROOMS} port ranges are in use");
}

impl Normal {
    fn apply(&self, mut text: String) -> String {
        for (pattern, by) in &self.patterns {
            text = pattern.replace_all(&text, by.as_str()).into_owned();
        }
        let port = |found: &Captures<'_>| {
            let port: u16 = found[0].parse().unwrap();
            let offset = port.checked_sub(self.first_port).filter(|it| *it < PORTS);
            offset.map_or_else(|| found[0].to_owned(), |it| (5433 + it).to_string())
        };
        Regex::new(r"\b\d{4}\b").unwrap().replace_all(&text, port).into_owned()
    }
}

impl Answer {
    /// The answer of a command that must have ended as a clause of the contract says: `status.exit_codes.2`.
    #[track_caller]
    pub fn meets(self, clause: &str) -> Self {
        let code = clause.rsplit('.').next().unwrap().parse().unwrap();
        assert_eq!(self.code, Some(code), "`{}` breaks commands.{clause}:\n{self}", self.command);
        self
    }

    /// The answer with one more thing in it that is not the same on every run.
    pub fn hiding(mut self, pattern: &str, by: &str) -> Self {
        self.normal.patterns.push((Regex::new(pattern).unwrap(), by.to_owned()));
        self
    }

    /// The answer of a command that must have ended with 0.
    #[track_caller]
    pub fn done(self) -> Self {
        self.ended(0)
    }

    /// The answer of a command that must have ended with 1, with nothing on stdout.
    #[track_caller]
    pub fn failed(self) -> Self {
        assert_eq!(self.stdout, "", "a failure prints no data: {self}");
        self.ended(1)
    }

    /// The answer of a command that must have ended with 2.
    #[track_caller]
    pub fn skipped(self) -> Self {
        self.ended(2)
    }

    /// The answer of a command that must have ended with this code.
    #[track_caller]
    pub fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "`{}` ended otherwise:\n{self}", self.command);
        self
    }

    /// The report on stdout.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|err| panic!("{err}:\n{self}"))
    }
}

/// The whole answer for a snapshot, with what differs between runs normalized.
impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = self.stdout.clone();
        if !self.stderr.is_empty() {
            text.push_str("--- stderr\n");
            text.push_str(&self.stderr);
        }
        let text = self.normal.apply(text);
        let code = self.code.map_or("killed".to_owned(), |code| format!("exit {code}"));
        write!(f, "{text}[{code}]")
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

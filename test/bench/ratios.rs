//! How fast, against a peer in the same run: medians of interleaved runs, printed as ratios.
//!
//! `cargo bench` runs it. Nothing here fails: figures depend on the machine, and the README quotes one run of it.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::panic,
    reason = "a measurement that cannot go on should stop and say so"
)]

#[path = "../support/mod.rs"]
mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use resource_postgres::engine::native::process::as_user;
use resource_postgres::engine::native::programs::{Programs, Search};
use resource_postgres::engine::user::ServerUser;
use resource_postgres::runtime::Kind;
use support::Room;
use support::docker::docker_or_skip;

/// Instances in the crowded store.
const CROWD: usize = 20;
/// Statements in the script.
const INSERTS: usize = 10_000;

fn main() {
    let user = ServerUser::find("postgres").unwrap();
    let search = Search { only: None, path: vec![] };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let programs = runtime.block_on(search.find(None, &user)).unwrap();
    println!(
        "{}, {} cores\n",
        runtime.block_on(programs.version()),
        std::thread::available_parallelism().unwrap()
    );
    println!("{:52} {:>10} {:>10} {:>7} {:>6}", "what / peer", "ours", "peer", "ratio", "bar");
    one_instance(&programs);
    crowd();
    creation(&programs, &user);
    if docker_or_skip().is_some() {
        container(&programs);
    }
}

fn one_instance(programs: &Programs) {
    let room = Room::up();
    let psql = || query(programs, &room.recorded("main", "port"), &room.recorded("main", "password"));
    let [status, peer] =
        medians(40, [&mut || timed(room.command(["status", "--format", "json"])), &mut || timed(psql())]);
    row("status --format json / psql -c 'SELECT 1'", status, peer, "2.00");
    let [execute, peer] =
        medians(40, [&mut || timed(room.command(["content", "execute", "SELECT 1"])), &mut || timed(psql())]);
    row("content execute \"SELECT 1\" / psql -X -c", execute, peer, "1.00");
    script(programs, &room);
}

/// A script of many small statements, each a transaction by itself.
fn script(programs: &Programs, room: &Room) {
    let inserts: String =
        (0..INSERTS).map(|n| format!("INSERT INTO t VALUES ({n}, 'row {n}', {n} * 1.5);\n")).collect();
    let begin = "DROP TABLE IF EXISTS t;\nCREATE TABLE t (n int PRIMARY KEY, name text, price numeric);\n";
    let file = room.file("inserts.sql", &format!("{begin}{inserts}"));
    let psql = || {
        let mut psql = psql(programs, &room.recorded("main", "port"), &room.recorded("main", "password"));
        psql.args(["-f", &file, "vrooli"]);
        psql
    };
    let [execute, peer] = medians(
        7,
        [&mut || timed(room.command(["content", "execute", "--file", &file])), &mut || timed(psql())],
    );
    row("content execute --file, 10,000 inserts / psql -X -f", execute, peer, "1.00");
}

fn crowd() {
    let (one, many) = (Room::up(), Room::new());
    for number in 0..CROWD {
        many.run(["content", "create-instance", &format!("i{number}")]).done();
    }
    let [twenty, one] = medians(
        40,
        [&mut || timed(many.command(["status", "--format", "json"])), &mut || {
            timed(one.command(["status", "--format", "json"]))
        }],
    );
    row("status of 20 instances / of one", twenty, one, "3.00");
}

fn creation(programs: &Programs, user: &ServerUser) {
    let room = Room::up();
    let (mut created, mut initialized) = (0, 0);
    let [ours, peer] = medians(
        7,
        [
            &mut || {
                created += 1;
                timed(room.command(["content", "create-instance", &format!("n{created}")]))
            },
            &mut || {
                initialized += 1;
                initdb_and_start(
                    programs,
                    user,
                    &room.path().join(format!("peer{initialized}")),
                    room.port + 60,
                )
            },
        ],
    );
    row("create-instance, seed warm / initdb + pg_ctl -w start", ours, peer, "0.33");
}

/// To a first answered query: of an instance in a container, and of a container that is run and asked until it answers.
fn container(programs: &Programs) {
    let room = Room::on(Kind::Docker);
    room.run(["up"]).done();
    let image = support::container::image();
    let (mut created, mut run) = (0, 0);
    let [ours, peer] = medians(
        7,
        [
            &mut || {
                created += 1;
                let name = format!("n{created}");
                let begun = Instant::now();
                room.run(["content", "create-instance", &name]).done();
                timed(query(programs, &room.recorded(&name, "port"), &room.recorded(&name, "password")));
                begun.elapsed()
            },
            &mut || {
                run += 1;
                let name = format!("{}-peer{run}", support::container::prefix(room.port));
                docker_run_and_ask(programs, &name, &image, room.port + 60)
            },
        ],
    );
    row("create-instance + query / docker run + psql", ours, peer, "1.00");
}

fn docker_run_and_ask(programs: &Programs, name: &str, image: &str, port: u16) -> Duration {
    let begun = Instant::now();
    let mut run = Command::new("docker");
    run.args(["run", "--detach", "--name", name, "--publish", &format!("127.0.0.1:{port}:5432")]);
    run.args(["--env", "POSTGRES_USER=vrooli", "--env", "POSTGRES_PASSWORD=bench", image]);
    timed(run);
    while !query(programs, &port.to_string(), "bench").output().unwrap().status.success() {
        std::thread::sleep(Duration::from_millis(10));
    }
    let took = begun.elapsed();
    let mut remove = Command::new("docker");
    remove.args(["rm", "--force", "--volumes", name]);
    timed(remove);
    took
}

/// The smallest query, by psql.
fn query(programs: &Programs, port: &str, password: &str) -> Command {
    let mut psql = psql(programs, port, password);
    psql.args(["-c", "SELECT 1", "vrooli"]);
    psql
}

fn psql(programs: &Programs, port: &str, password: &str) -> Command {
    let mut psql = Command::new(programs.path("psql"));
    psql.args(["-X", "-h", "127.0.0.1", "-p", port, "-U", "vrooli"]).env("PGPASSWORD", password);
    psql
}

fn initdb_and_start(programs: &Programs, user: &ServerUser, dir: &Path, port: u16) -> Duration {
    std::fs::create_dir(dir).unwrap();
    user.own(dir).unwrap();
    let data = dir.join("data");
    let run = |program: &str, args: &[&str]| {
        let mut command = Command::new(programs.path(program));
        command.arg("-D").arg(&data).args(args).current_dir(dir);
        as_user(&mut command, user);
        timed(command)
    };
    let options = format!("-p {port} -k {}", dir.display());
    let log: PathBuf = dir.join("log");
    let initdb = run("initdb", &["-U", "vrooli", "--auth=trust"]);
    let start = run("pg_ctl", &["-w", "-l", log.to_str().unwrap(), "-o", &options, "start"]);
    run("pg_ctl", &["-m", "immediate", "stop"]);
    initdb + start
}

fn timed(mut command: Command) -> Duration {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let begun = Instant::now();
    let status = command.status().unwrap_or_else(|err| panic!("{command:?}: {err}"));
    let took = begun.elapsed();
    assert!(status.success(), "{command:?} ended with {status}");
    took
}

/// Runs both in turn, so that whatever else the machine does hits both, and answers their medians.
fn medians(runs: usize, mut both: [&mut dyn FnMut() -> Duration; 2]) -> [Duration; 2] {
    for it in &mut both {
        it();
    }
    let mut took: [Vec<Duration>; 2] = [Vec::new(), Vec::new()];
    for _ in 0..runs {
        for (it, took) in both.iter_mut().zip(&mut took) {
            took.push(it());
        }
    }
    took.map(|mut took| {
        took.sort();
        took.get(took.len() / 2).copied().unwrap()
    })
}

fn row(what: &str, ours: Duration, peer: Duration, bar: &str) {
    let ms = |it: Duration| format!("{:.1} ms", it.as_secs_f64() * 1000.0);
    let ratio = ours.as_secs_f64() / peer.as_secs_f64();
    println!("{what:52} {:>10} {:>10} {ratio:>7.2} {bar:>6}", ms(ours), ms(peer));
}

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
use support::Room;

/// Instances in the crowded store.
const CROWD: usize = 20;

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
    println!("{:48} {:>10} {:>10} {:>7} {:>6}", "what / peer", "ours", "peer", "ratio", "bar");
    one_instance(&programs);
    crowd();
    creation(&programs, &user);
}

fn one_instance(programs: &Programs) {
    let room = Room::up();
    let psql = |sql: &str| {
        let mut command = Command::new(programs.path("psql"));
        command.args([
            "-X",
            "-h",
            "127.0.0.1",
            "-p",
            &room.recorded("main", "port"),
            "-U",
            "vrooli",
            "-c",
            sql,
            "vrooli",
        ]);
        command.env("PGPASSWORD", room.recorded("main", "password"));
        command
    };
    let [status, peer] = medians(
        40,
        [&mut || timed(room.command(["status", "--format", "json"])), &mut || timed(psql("SELECT 1"))],
    );
    row("status --format json / psql -c 'SELECT 1'", status, peer, "2.00");
    let [execute, peer] = medians(
        40,
        [&mut || timed(room.command(["content", "execute", "SELECT 1"])), &mut || timed(psql("SELECT 1"))],
    );
    row("content execute \"SELECT 1\" / psql -X -c", execute, peer, "1.00");
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
    println!("{what:48} {:>10} {:>10} {ratio:>7.2} {bar:>6}", ms(ours), ms(peer));
}

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
/// Resources, shell files and lines that upstream has.
const RESOURCES: usize = 110;
const FILES: usize = 1475;
const LINES: usize = 332_000;
/// pgbench's scale at which its tables are about a gigabyte.
const SCALE: &str = "67";
/// Small migrations.
const MIGRATIONS: usize = 1000;
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
    if std::env::args().any(|it| it == "backups") {
        return backing_up(&programs);
    }
    if std::env::args().any(|it| it == "migrations") {
        return migrations(&programs, &Room::up());
    }
    judging();
    one_instance(&programs);
    crowd();
    creation(&programs, &user);
    cloning(Kind::Native);
    if docker_or_skip().is_some() {
        cloning(Kind::Docker);
        container(&programs);
    }
}

/// As many resources as upstream has, with as many shell files and lines, by the first layer; against `bash -n` of each file.
fn judging() {
    let dir = tempfile::TempDir::new().unwrap();
    let files = resources(dir.path());
    std::fs::write(dir.path().join("list"), files.join("\n")).unwrap();
    let room = Room::new();
    let mut found = room.command(["contract", "validate", dir.path().to_str().unwrap(), "--format", "tap"]);
    assert!(found.output().unwrap().stdout.starts_with(b"TAP version 14"));
    let [ours, peer] = medians(
        3,
        [
            &mut || {
                let mut validate = room.command(["contract", "validate", "--format", "tap"]);
                validate.arg(dir.path());
                took(validate)
            },
            &mut || {
                let mut bash = Command::new("bash");
                bash.args(["-c", "while read -r file; do bash -n \"$file\"; done <list; bash -n \"$file\""]);
                bash.current_dir(dir.path());
                took(bash)
            },
        ],
    );
    row(&format!("contract validate, {RESOURCES} resources / bash -n of each file"), ours, peer, "");
}

/// Makes resources of `FILES` scripts in all; answers their paths.
fn resources(dir: &Path) -> Vec<String> {
    let body = "\nthing::part_N() {\n    local name=\"${1:-}\" count=0\n    if [[ -z \"$name\" ]]; then\n        echo \"usage: \
                thing part_N NAME\" >&2\n        return 1\n    fi\n    for file in \"$name\"/*.conf; do\n        [[ -f \"$file\" ]] \
                || continue\n        count=$((count + 1)) # one more\n        grep -q \"^port=\" \"$file\" && echo \"$(basename \
                \"$file\"): ${file##*/}\"\n    done\n    case \"$count\" in\n        0) return 2 ;;\n        *) cat <<EOF\n$count \
                files of $name\nEOF\n            ;;\n    esac\n}\n";
    let lines = body.matches('\n').count();
    let text: String = (0..LINES / FILES / lines).map(|it| body.replace('N', &it.to_string())).collect();
    let text = format!("#!/usr/bin/env bash\nset -euo pipefail\n{text}");
    let mut paths = Vec::new();
    for number in 0..FILES {
        let (resource, file) = (number % RESOURCES, number / RESOURCES);
        let name = match file {
            0 => "cli.sh".to_owned(),
            1 => "config/defaults.sh".to_owned(),
            2 => "lib/core.sh".to_owned(),
            file => format!("lib/part{file}.sh"),
        };
        let path = dir.join(format!("resource{resource:03}")).join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &text).unwrap();
        paths.push(path.display().to_string());
    }
    paths
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
    migrations(programs, &room);
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

/// Many small migrations on an empty database, with their records; psql keeps none.
fn migrations(programs: &Programs, room: &Room) {
    let dir = room.path().join("migrations");
    std::fs::create_dir_all(&dir).unwrap();
    for n in 1..=MIGRATIONS {
        let text = format!("CREATE TABLE m{n} (id int PRIMARY KEY, name text);\n");
        std::fs::write(dir.join(format!("{n:04}_m.sql")), text).unwrap();
    }
    let empty = |database: &str| {
        room.run(["content", "remove-database", database, "--force"]);
        room.run(["content", "create-database", database]).done();
    };
    let mut ours = || {
        empty("ours");
        timed(room.command(["content", "migrate", "--database", "ours"]))
    };
    let mut peer = || {
        empty("theirs");
        let began = Instant::now();
        for n in 1..=MIGRATIONS {
            let mut psql = psql(programs, &room.recorded("main", "port"), &room.recorded("main", "password"));
            timed({
                psql.args(["-1", "-f"]).arg(dir.join(format!("{n:04}_m.sql"))).arg("theirs");
                psql
            });
        }
        began.elapsed()
    };
    let [migrate, loop_of_psql] = medians(3, [&mut ours, &mut peer]);
    row("content migrate, 1,000 migrations / psql -1 -f each", migrate, loop_of_psql, "0.20");
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

/// A database of a gigabyte, once each: backed up, restored, and proved; against a plain dump that is restored.
fn backing_up(programs: &Programs) {
    let mut room = Room::up();
    room.set("POSTGRES_BACKUP_DIR", room.path().join("backups").display().to_string().as_str());
    let (port, password) = (room.recorded("main", "port"), room.recorded("main", "password"));
    let peer = |program: &str, args: &[&str]| {
        let mut command = Command::new(programs.path(program));
        command.args(["--host=127.0.0.1", "--username=vrooli", "--port", &port]).args(args);
        command.env("PGPASSWORD", &password).stdout(Stdio::null()).stderr(Stdio::null());
        command
    };
    took(peer("pgbench", &["--initialize", "--quiet", "--scale", SCALE, "vrooli"]));
    let dump = room.path().join("dump").display().to_string();
    let taken = took(room.command(["content", "backup", "--name", "b", "--database", "vrooli"]));
    let dumped = took(peer("pg_dump", &["--format=custom", "--file", &dump, "vrooli"]));
    row("content backup, 1 GB / pg_dump -Fc", taken, dumped, "");
    took(peer("createdb", &["again"]));
    let loaded = took(peer("pg_restore", &["--dbname=again", &dump]));
    took(peer("dropdb", &["again"]));
    let restored = took(room.command(["content", "restore", "b", "--yes"]));
    row("content restore, 1 GB / pg_restore", restored, loaded, "");
    let proved = took(room.command(["content", "verify-backup", "b"]));
    row("content verify-backup, 1 GB / pg_restore", proved, loaded, "");
    let report = room.run(["content", "list-backups", "--format", "json"]).done().json();
    let bytes = report.pointer("/backups/0/bytes").unwrap().as_u64().unwrap();
    let dumped = std::fs::metadata(&dump).unwrap().len();
    println!("size: {bytes} bytes / {dumped} bytes: {:.2}", bytes as f64 / dumped as f64);
    whole_instance(&room, peer, loaded);
}

/// The same instance by its files: against a plain copy of them, and a plain dump that is restored.
fn whole_instance(room: &Room, peer: impl Fn(&str, &[&str]) -> Command, loaded: Duration) {
    let copy = room.path().join("files").display().to_string();
    let taken = took(room.command(["content", "backup", "--type", "physical", "--name", "p"]));
    let copied = took(peer("pg_basebackup", &["--checkpoint=fast", "--pgdata", &copy]));
    row("content backup --type physical, 1 GB / pg_basebackup", taken, copied, "");
    let revived = took(room.command(["content", "restore", "p", "--into", "copy"]));
    row("content restore of it --into, 1 GB / pg_restore", revived, loaded, "");
    let proved = took(room.command(["content", "verify-backup", "p"]));
    row("content verify-backup of it, 1 GB / pg_restore", proved, loaded, "");
}

/// A running instance with a few rows, cloned; against an empty one that is created.
fn cloning(kind: Kind) {
    let room = Room::on(kind);
    room.run(["up"]).done();
    room.run(["content", "execute", "CREATE TABLE t AS SELECT generate_series(1, 1000)"]).done();
    let count = std::cell::Cell::new(0);
    let next = |name: &str| {
        count.set(count.get() + 1);
        format!("{name}{}", count.get())
    };
    let [ours, peer] = medians(
        7,
        [&mut || timed(room.command(["content", "clone", "main", &next("copy")])), &mut || {
            timed(room.command(["content", "create-instance", &next("new")]))
        }],
    );
    row(&format!("clone / create-instance ({})", kind.word()), ours, peer, "1.50");
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

/// How long a command takes, however it ends.
fn took(mut command: Command) -> Duration {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let begun = Instant::now();
    command.status().unwrap_or_else(|err| panic!("{command:?}: {err}"));
    begun.elapsed()
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

//! Engines that cannot be reached: what is said of their instances, how soon, and that nothing is done to them.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use resource_postgres::runtime::Kind;

use crate::support::{Answer, Room};

mod auto;
mod ended;
mod mute;
mod nowhere;

/// The longest that a command which only reads may take.
const READ_LIMIT: Duration = Duration::from_secs(2);
/// What is said of an engine that cannot be reached, wherever it is.
const UNREACHABLE: &str = "Docker engine unreachable at ";

/// Commands that only read, of the instance `shop`, and need its engine.
const READS: [&[&str]; 6] = [
    &["status"],
    &["status", "shop"],
    &["status", "--format", "json"],
    &["status", "--verbose"],
    &["content", "list-instances"],
    &["logs", "shop"],
];

/// Commands that would do something to the instance `shop`, each by a way of its own.
const WRITES: [&[&str]; 7] = [
    &["manage", "start", "--instance", "shop"],
    &["manage", "stop", "--instance", "shop"],
    &["manage", "restart", "--instance", "shop"],
    &["manage", "uninstall", "--force"],
    &["manage", "uninstall", "--keep-data"],
    &["content", "execute", "--instance", "shop", "SELECT 1"],
    &["content", "remove", "--name", "shop", "--force"],
];

/// Other forms of the same.
const FORMS: [&[&str]; 7] = [
    &["manage", "start", "--instance", "shop", "--wait"],
    &["manage", "stop", "--instance", "shop", "--force"],
    &["start", "--instance", "shop"],
    &["stop", "--instance", "shop"],
    &["restart", "--instance", "shop"],
    &["uninstall", "--force"],
    &["content", "clone", "shop", "copy"],
];

/// A room with the record and something like the data of an instance `shop`, which is on Docker, and an engine that
/// is looked for at `host`.
fn room_at(host: &str) -> Room {
    let mut room = Room::on(Kind::Native);
    room.set("POSTGRES_RUNTIME", "docker");
    room.set("DOCKER_HOST", host);
    record(&room, "shop", 2);
    room
}

/// Writes what is on disk of an instance on Docker; its port is that many behind the room's first.
fn record(room: &Room, name: &str, offset: u16) {
    let dir = room.instance(name);
    for (file, text) in [
        ("data/PG_VERSION", "16\n"),
        ("data/base/1/1247", "a table"),
        ("config/postgresql.conf", "max_connections = 20\n"),
        ("config/instance.conf", &conf(room.port + offset)),
    ] {
        let file = dir.join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
}

fn conf(port: u16) -> String {
    format!(
        "port=\"{port}\"\npassword=\"4Xd81jk0\"\ntemplate=\"ecommerce\"\nuser=\"owner\"\ndatabase=\"orders\"\n\
         engine=\"docker\"\nimage=\"postgres:16-alpine\"\ndigest=\"\"\nversion=\"16\"\ndesired=\"running\"\n\
         port_source=\"auto\"\n"
    )
}

/// Every file of all instances with its size and a sum of its bytes; folders have none. Locks are not of any instance.
fn tree(room: &Room) -> Vec<(PathBuf, Option<(usize, u32)>)> {
    let mut found = Vec::new();
    list(&room.instances(), &mut found);
    found.retain(|(path, _)| !path.starts_with(room.instances().join(".locks")));
    found.sort();
    found
}

fn list(dir: &Path, found: &mut Vec<(PathBuf, Option<(usize, u32)>)>) {
    for path in fs::read_dir(dir).unwrap().map(|it| it.unwrap().path()) {
        match path.is_dir() {
            true => {
                list(&path, found);
                found.push((path, None));
            }
            false => {
                // A server's socket can be seen and not read.
                let sum = fs::read(&path).ok().map(|it| (it.len(), crc32c::crc32c(&it)));
                found.push((path, sum));
            }
        }
    }
}

/// The answer of a command that only reads, which comes in time, whatever it says.
fn read(room: &Room, args: &[&str]) -> Answer {
    let begun = Instant::now();
    let answer = room.run(args);
    let took = begun.elapsed();
    assert!(took < READ_LIMIT, "{args:?} took {took:?}:\n{answer}");
    answer
}

/// All that reads, at the same time, says within its time that the engine is unreachable, and never that the instance
/// is stopped.
fn reads_say_so(room: &Room) {
    let begun = Instant::now();
    let asked = READS.map(|args| (args, room.spawn(args)));
    let answers = asked.map(|(args, asked)| (args, room.wait(asked).ended(1)));
    let took = begun.elapsed();
    assert!(took < READ_LIMIT, "it took {took:?}: {answers:?}");
    for (args, answer) in answers {
        assert!(format!("{}{}", answer.stdout, answer.stderr).contains(UNREACHABLE), "{args:?}:\n{answer}");
        let told = answer.stdout.replace("\"desired\":\"stopped\"", "");
        assert!(!told.contains("stopped"), "{args:?}:\n{answer}");
    }
}

/// All that writes is refused, and leaves every file as it was.
fn writes_are_refused(room: &Room) {
    are_refused(room, &WRITES);
}

fn are_refused(room: &Room, writes: &[&[&str]]) {
    let before = tree(room);
    for args in writes {
        is_refused(room, args);
        assert_eq!(tree(room), before, "{args:?}");
    }
}

/// A command that writes is refused with one error and one hint.
fn is_refused(room: &Room, args: &[&str]) {
    let answer = room.run(args).failed();
    let lines: Vec<&str> = answer.stderr.lines().collect();
    assert!(lines[0].starts_with(&format!("error: {UNREACHABLE}")), "{args:?}:\n{answer}");
    assert!(lines[1].starts_with("hint: "), "{args:?}:\n{answer}");
    assert_eq!(lines.len(), 2, "{args:?}:\n{answer}");
}

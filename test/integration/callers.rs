//! Real callers: each row of `test/fixtures/callers.tsv` is run as its caller runs it, and judged by what that caller makes of the
//! answer.

use std::fmt::Write;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use resource_postgres::runtime::Kind;

use crate::support::{Room, binary, container, eventually, kill};

const TABLE: &str = include_str!("../fixtures/callers.tsv");

/// Fewer would not be all forms that are known.
const LEAST_ROWS: usize = 110;

/// What of the resource's folder a tree needs.
const INSTALLED: &[&str] = &["cli.sh", "lib", "config", "contract", "test"];

/// One call of one caller.
#[derive(Clone, Copy, Debug)]
struct Call {
    caller: &'static str,
    engine: &'static str,
    state: &'static str,
    shell: &'static str,
    env: &'static str,
    dir: &'static str,
    streams: &'static str,
    command: &'static str,
    condition: &'static str,
}

fn calls() -> Vec<Call> {
    let lines = TABLE.lines().filter(|it| !it.starts_with('#') && !it.is_empty());
    lines
        .map(|line| match line.split('\t').collect::<Vec<_>>().as_slice() {
            [caller, engine, state, shell, env, dir, streams, command, condition] => {
                Call { caller, engine, state, shell, env, dir, streams, command, condition }
            }
            _ => panic!("a row has nine columns: {line}"),
        })
        .collect()
}

/// A tree like the platform's, with the resource in it and a scenario beside it.
struct Tree {
    room: Room,
    dir: PathBuf,
}

impl Tree {
    fn new() -> Self {
        let mut room = Room::new();
        let dir = room.path().join("tree");
        let (resource, scenario) = (dir.join("resources/postgres"), dir.join("scenarios/shop"));
        let (bin, scripts) = (room.path().join("bin"), scenario.join("initialization/storage/postgres"));
        for folder in [&resource.join("bin"), &bin, &scripts] {
            fs::create_dir_all(folder).unwrap();
        }
        let checkout = Path::new(env!("CARGO_MANIFEST_DIR"));
        let parts = INSTALLED.iter().map(|it| checkout.join(it));
        let copied = Command::new("cp").arg("-a").args(parts).arg(&resource).status();
        assert!(copied.unwrap().success());
        symlink(binary(), resource.join("bin/resource-postgres")).unwrap();
        symlink(resource.join("cli.sh"), bin.join("resource-postgres")).unwrap();
        for (name, text) in [
            ("../../connected.sql", "\\c conn_db;\nCREATE TABLE IF NOT EXISTS placed (id int);\n"),
            ("schema.sql", "CREATE TABLE IF NOT EXISTS product (id int PRIMARY KEY, name text);\n"),
            ("seed.sql", "CREATE TABLE IF NOT EXISTS seeded (id int);\nINSERT INTO seeded VALUES (1);\n"),
        ] {
            fs::write(scripts.join(name), text).unwrap();
        }
        room.set("TREE", &dir.display().to_string());
        room.set("CONTAINER", &format!("{}-main", container::prefix(room.port)));
        let path = format!("{}:{}:/usr/bin:/bin", bin.display(), room.programs().display());
        room.set("PATH", &path);
        Self { room, dir }
    }

    /// Brings about what there is to be before a call. What is so already is left alone.
    fn enter(&self, state: &str) {
        let run = |words: &str| self.room.run(words.split(' '));
        let pair = || {
            run("up").done();
            run("content create-instance shop").done();
            run("start --instance shop").done();
        };
        match state {
            "absent" => drop(run("uninstall --force").done()),
            "installed" => {
                run("install").done();
                run("stop").done();
            }
            "rebooted" => {
                run("up").done();
                self.end_server("main");
            }
            "running" => drop(run("up").done()),
            "pair" => pair(),
            "ill-shop" => {
                pair();
                self.crash("shop");
            }
            "only-shop" => {
                pair();
                run("stop").done();
            }
            other => panic!("no such state: {other}"),
        }
    }

    /// Ends a server as the shutdown of a machine does, so that nobody has asked for it.
    fn end_server(&self, instance: &str) {
        match self.room.kind {
            Kind::Native => kill(self.room.pid(instance), "INT"),
            Kind::Docker => container::stop(&self.room.container(instance)),
        }
        eventually("its server ends", || self.room.state(instance) == "stopped");
    }

    fn crash(&self, instance: &str) {
        match self.room.kind {
            Kind::Native => kill(self.room.pid(instance), "KILL"),
            Kind::Docker => container::kill(&self.room.container(instance)),
        }
        eventually("its server is gone", || self.room.state(instance) == "crashed");
    }

    /// What is wrong with the answer to a call, if anything is.
    fn judge(&self, call: &Call) -> Option<String> {
        let dir = match call.dir {
            "tree" => self.dir.clone(),
            "scenario" => self.dir.join("scenarios/shop"),
            path => PathBuf::from(path),
        };
        let exported = if call.env == "-" { String::new() } else { format!("export {}; ", call.env) };
        let options = if call.shell == "-" { "" } else { call.shell };
        let merged = if call.streams == "merged" { "2>&1" } else { "" };
        let script = format!("{exported}exec bash {options} -c \"$1\" {merged}");
        let mut bash = self.room.command_of(Path::new("/bin/bash"), ["-c", &script, "bash", call.command]);
        let answered = bash.current_dir(&dir).output().unwrap();
        let out = String::from_utf8_lossy(&answered.stdout);
        let out = out.trim_end_matches('\n');
        let mut condition = self.room.command_of(Path::new("/bin/bash"), ["-c", call.condition]);
        let rc = answered.status.code().map_or_else(|| "killed".to_owned(), |it| it.to_string());
        condition.current_dir(&dir).env("rc", &rc).env("out", out).stdout(Stdio::null());
        let judged = condition.output().unwrap();
        (!judged.status.success()).then(|| {
            let (err, said) =
                (String::from_utf8_lossy(&answered.stderr), String::from_utf8_lossy(&judged.stderr));
            format!(
                "{} [{}]\n  $ {}\n  rc {rc}\n  out {out}\n  err {err}\n  does not hold: {}\n  {said}\n",
                call.caller, call.state, call.command, call.condition
            )
        })
    }
}

/// Whether this machine has the programs that callers judge by.
fn has_jq() -> bool {
    let has = Command::new("jq").arg("--version").output().is_ok();
    assert!(has || std::env::var_os("CI").is_none(), "CI has to have jq");
    if !has {
        println!("skipped: no jq");
    }
    has
}

fn judge_all(state: &str) {
    if !has_jq() {
        return;
    }
    let tree = Tree::new();
    let engine = tree.room.kind.word();
    let calls = calls().into_iter().filter(|it| it.state == state && ["both", engine].contains(&it.engine));
    let (mut judged, mut wrong) = (0, String::new());
    for call in calls {
        tree.enter(state);
        judged += 1;
        if let Some(why) = tree.judge(&call) {
            let _ = writeln!(wrong, "{why}");
        }
    }
    assert!(judged > 0, "there is no row for `{state}`");
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn every_row_of_the_table_can_be_run_and_there_are_enough() {
    let calls = calls();
    assert!(calls.len() >= LEAST_ROWS, "{}", calls.len());
    for call in &calls {
        assert!(["both", "native", "docker"].contains(&call.engine), "{call:?}");
        assert!(["apart", "merged"].contains(&call.streams), "{call:?}");
        assert!(call.dir.starts_with('/') || ["tree", "scenario"].contains(&call.dir), "{call:?}");
    }
    let mut states: Vec<&str> = calls.iter().map(|it| it.state).collect();
    states.dedup();
    assert_eq!(states, ["absent", "installed", "rebooted", "running", "pair", "ill-shop", "only-shop"]);
}

#[test]
fn callers_get_what_they_rely_on_where_nothing_is_installed() {
    judge_all("absent");
}

#[test]
fn callers_get_what_they_rely_on_where_the_resource_was_stopped() {
    judge_all("installed");
}

#[test]
fn callers_get_what_they_rely_on_after_a_reboot() {
    judge_all("rebooted");
}

#[test]
fn callers_get_what_they_rely_on_where_the_resource_runs() {
    judge_all("running");
}

#[test]
fn callers_get_what_they_rely_on_where_two_instances_run() {
    judge_all("pair");
}

#[test]
fn callers_get_what_they_rely_on_where_another_instance_is_ill() {
    judge_all("ill-shop");
}

#[test]
fn callers_get_what_they_rely_on_where_only_another_instance_runs() {
    judge_all("only-shop");
}

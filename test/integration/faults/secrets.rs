//! Passwords: in no argument, environment, output, log or file but the record, whatever command runs.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use clap::CommandFactory;
use resource_postgres::cli::Cli;

use crate::support::{Room, eventually};

/// Every command, in an order in which each has something to do. What is marked with `!` is asked for the password.
const COMMANDS: &[&str] = &[
    "contract new thing --dir [room]",
    "contract validate",
    "contract show",
    "contract diff [file] [file]",
    "contract snapshot",
    "help",
    "info",
    "info --json",
    "status",
    "status --format json",
    "status --format yaml --verbose",
    "credentials",
    "credentials --format json",
    "credentials --format env",
    "! credentials --show-secrets",
    "! content get main",
    "content create-instance second --template minimal",
    "content clone second third",
    "content upgrade second --to 99",
    "content clone main copied --database vrooli --force",
    "content list-instances",
    "content create-database stock --owner vrooli",
    "content create-user app --database stock",
    "! content get --as-env",
    "content get --name stock --data",
    "content get --name stock --as-env --user app",
    "content remove-user app",
    "content remove-database stock --force",
    "content migrate new a --dir [room]/migrations",
    "content migrate init",
    "content migrate --dir [migrations]",
    "content migrate up --dir [migrations]",
    "content migrate status --dir [migrations]",
    "content migrate verify --dir [migrations]",
    "content migrate redo --dir [migrations]",
    "content migrate down --dir [migrations]",
    "content migrate plan --dir [migrations] --on-clone",
    "content migrate plan --dir [migrations]",
    "content migrate baseline 1 --dir [migrations]",
    "content migrate repair --dir [migrations]",
    "migrate --dir [migrations]",
    "migrate-init --dir [migrations]",
    "migrate-list --dir [migrations]",
    "migrate-status --dir [migrations]",
    "migrate-rollback --dir [migrations]",
    "seed --seed-path [file]",
    "ensure --config [document]",
    "! ensure --config [document] --as-env",
    "content remove stock --force",
    "content add --type query --file [file]",
    "content list",
    "content list --format json",
    "content get query.sql",
    "content execute --name query.sql",
    "content execute SELECT",
    "content execute SELEKT",
    "query SELECT",
    "exec SELECT",
    "execute SELECT --format json",
    "content execute --database nowhere SELECT",
    "content remove query.sql --force",
    "content remove second --force",
    "content backup --name b --with-passwords",
    "content backup schedule --every 1d",
    "content backup run-due",
    "content backup enable-pitr --yes",
    "content backup create-restore-point before",
    "content list-backups",
    "content list-backups --format json",
    "content verify-backup b",
    "content restore b --yes",
    "content restore b --into copy",
    "content remove copy --force",
    "content remove third --force",
    "test smoke --live",
    "test unit --live",
    "logs --tail 1000",
    "manage start",
    "manage restart",
    "manage restart --force",
    "manage stop",
    "manage start --wait",
    "manage stop --force",
    "manage install",
    "install",
    "start",
    "stop",
    "restart",
    "programs",
    "manage uninstall --keep-data",
    "manage install --force",
    "uninstall --keep-data",
    "up",
];

/// Looks at the arguments and the environment of every new process, as often as it can.
pub struct Watch {
    stop: Arc<AtomicBool>,
    seen: JoinHandle<BTreeSet<String>>,
}

impl Watch {
    /// Watches for a word, with a pause between two looks.
    pub fn begin(word: &str, pause: Duration) -> Self {
        let (stop, word, old) = (Arc::new(AtomicBool::new(false)), word.to_owned(), pids());
        let stopped = stop.clone();
        let seen = std::thread::spawn(move || {
            let mut seen = BTreeSet::new();
            while !stopped.load(Ordering::Relaxed) {
                seen.extend(pids().difference(&old).flat_map(|pid| places_of(*pid, &word)));
                std::thread::sleep(pause);
            }
            seen
        });
        Self { stop, seen }
    }

    /// Where it was seen.
    pub fn end(self) -> BTreeSet<String> {
        self.stop.store(true, Ordering::Relaxed);
        self.seen.join().unwrap()
    }
}

fn pids() -> BTreeSet<i32> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    entries.filter_map(|it| it.file_name().to_str()?.parse().ok()).collect()
}

/// Places of a process in which the word stands.
fn places_of(pid: i32, word: &str) -> Vec<String> {
    let program = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    let holds = |place: &&str| {
        let bytes = fs::read(format!("/proc/{pid}/{place}")).unwrap_or_default();
        String::from_utf8_lossy(&bytes).contains(word)
    };
    ["cmdline", "environ"]
        .iter()
        .filter(|it| holds(it))
        .map(|it| format!("{it} of {}", program.trim()))
        .collect()
}

/// Files below a folder in which the word stands, but for records.
pub fn files_with(word: &str, dir: &Path) -> String {
    let mut grep = Command::new("grep");
    grep.args(["-rlaF", "--exclude=instance.conf", "--exclude=instance.conf.kept", "-f", "-"]).arg(dir);
    // By its standard input, so that no other test's watch sees it.
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), word).unwrap();
    let output = grep.stdin(fs::File::open(file.path()).unwrap()).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_watch_finds_a_password_in_arguments_and_in_the_environment_and_the_search_in_files() {
    let room = Room::new();
    let word = format!("planted{}", std::process::id());
    let watch = Watch::begin(&word, Duration::ZERO);
    let mut planted = Vec::new();
    for (argument, variable) in [(word.as_str(), ""), ("sleep", word.as_str())] {
        let mut sleep = Command::new("sleep");
        sleep.arg0(argument).arg("60").env("PLANTED", variable).stdin(Stdio::null());
        planted.push(sleep.spawn().unwrap());
    }
    for child in &planted {
        let pid = child.id().try_into().unwrap();
        eventually("the planted word is there", || !places_of(pid, &word).is_empty());
    }
    std::thread::sleep(Duration::from_millis(100));
    for mut child in planted {
        child.kill().and_then(|()| child.wait()).unwrap();
    }
    let seen = watch.end();
    // Besides, it may have met a child that was about to become `sleep`.
    for place in ["cmdline of sleep", "environ of sleep"] {
        assert!(seen.contains(place), "{place} is not in {seen:?}");
    }
    let log = room.file("some.log", &format!("LOG: {word}\n"));
    assert_eq!(files_with(&word, room.path()).trim(), log);
}

#[test]
fn every_command_is_watched() {
    let watched = |name: &str| COMMANDS.iter().any(|it| it.trim_start_matches("! ").starts_with(name));
    let missing: Vec<String> = leaves("", &Cli::command()).into_iter().filter(|it| !watched(it)).collect();
    // They run this program on instances of their own.
    assert_eq!(missing, ["test all", "test integration"]);
}

/// The full names of all commands.
fn leaves(group: &str, command: &clap::Command) -> Vec<String> {
    let subs = command.get_subcommands().filter(|it| it.get_name() != "help" || group.is_empty());
    let names = subs.flat_map(|it| {
        let name = format!("{group}{}", it.get_name());
        let below = leaves(&format!("{name} "), it);
        if below.is_empty() { vec![name] } else { below }
    });
    names.collect()
}

#[test]
fn no_command_shows_the_password_to_anybody_who_did_not_ask_for_it() {
    let room = Room::up();
    let file = room.file("query.sql", "SELECT 42 AS answer");
    let document = room.file("wanted.yaml", "database: stock\nusers: [app]\n");
    fs::create_dir(room.path().join("changes")).unwrap();
    room.file("changes/1_a.sql", "CREATE TABLE migrated (a int);\n-- ROLLBACK: DROP TABLE migrated;\n");
    room.file("changes/1_a.verify.sql", "SELECT a FROM migrated;\n");
    let password = room.recorded("main", "password");
    let watch = Watch::begin(&password, Duration::ZERO);
    let folder = room.path().display().to_string();
    for line in COMMANDS {
        let words = line.trim_start_matches("! ").replace("[file]", &file).replace("[document]", &document);
        let words = words.replace("[room]", &folder).replace("[migrations]", &format!("{folder}/changes"));
        let answer = room.run(words.split(' '));
        assert_ne!(answer.code, Some(101), "{line}: {answer}");
        let shown = answer.stdout.contains(&password) || answer.stderr.contains(&password);
        assert_eq!(shown, line.starts_with('!'), "{line}");
    }
    assert_eq!(room.recorded("main", "password"), password, "it is the same all the way");
    assert_eq!(watch.end(), BTreeSet::new());
    assert_eq!(files_with(&password, room.path()), "");
}

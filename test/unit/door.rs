//! `cli.sh`: which commands are worth a build, and what an interrupted build leaves.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::resource;

/// Commands that only look, in the forms of their callers.
const LOOKING: &[&str] = &[
    "status --format json --fast",
    "status --json",
    "status main",
    "help",
    "--help",
    "--version",
    "up --help",
    "info --json",
    "logs --lines 5",
    "credentials --format env",
    "contract show",
    "test smoke",
    "content list",
    "content get main --as-env",
    "content list-instances",
    "content list-backups",
    "content migrate status",
    "content migrate plan",
    "migrate-status",
    "strat",
    "content",
    "manage",
    "--format json status",
];

/// A checkout with stand-ins for cargo, which says so if it is run, and for the program.
struct Checkout {
    dir: TempDir,
}

impl Checkout {
    fn new() -> Self {
        let dir = TempDir::new().unwrap();
        for folder in ["lib", "src", "contract", "config", "bin"] {
            fs::create_dir(dir.path().join(folder)).unwrap();
        }
        fs::copy(resource("cli.sh"), dir.path().join("cli.sh")).unwrap();
        fs::copy(resource("lib/toolchain.sh"), dir.path().join("lib/toolchain.sh")).unwrap();
        for file in ["Cargo.toml", "Cargo.lock", "src/main.rs"] {
            fs::write(dir.path().join(file), "").unwrap();
        }
        Self { dir }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn program(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// A program that was built before its sources changed.
    fn with_old_program(self) -> Self {
        self.program("target/release/resource-postgres", "echo \"old: $*\"");
        let old = std::time::SystemTime::now() - Duration::from_secs(3600);
        let program = fs::File::open(self.path("target/release/resource-postgres")).unwrap();
        program.set_modified(old).unwrap();
        self
    }

    /// A cargo that builds a new program at once.
    fn with_cargo(self) -> Self {
        self.program("target/new", "echo \"new: $*\"");
        self.program(
            "cargo/cargo",
            "echo built >>\"$CARGO_TARGET_DIR/builds\"\nmkdir -p \"$CARGO_TARGET_DIR/release\"\n\
             cp \"$CARGO_TARGET_DIR/new\" \"$CARGO_TARGET_DIR/release.$$\"\n\
             mv -f \"$CARGO_TARGET_DIR/release.$$\" \"$CARGO_TARGET_DIR/release/resource-postgres\"",
        );
        self
    }

    fn command(&self, words: &str) -> Command {
        let mut command = Command::new(self.path("cli.sh"));
        command.args(words.split_whitespace()).env_clear().stdin(Stdio::null());
        command.env("PATH", format!("{}:/usr/bin:/bin", self.path("cargo").display()));
        command
    }

    fn run(&self, words: &str) -> Output {
        self.command(words).output().unwrap()
    }

    fn builds(&self) -> usize {
        fs::read_to_string(self.path("target/builds")).map_or(0, |it| it.lines().count())
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_command_that_only_looks_is_answered_by_the_program_that_is_there() {
    let checkout = Checkout::new().with_old_program().with_cargo();
    for words in LOOKING.iter().chain(&["stop", "manage stop --force", "manage uninstall", "test unit"]) {
        let output = checkout.run(words);
        assert_eq!(text(&output.stdout), format!("old: {words}\n"), "{words}");
        assert_eq!(text(&output.stderr), "", "{words}");
    }
    assert_eq!(checkout.builds(), 0);
}

#[test]
fn a_command_that_changes_something_gets_a_program_as_new_as_its_sources() {
    let checkout = Checkout::new().with_old_program().with_cargo();
    for words in ["up", "manage start", "content execute x", "content add -- --help"] {
        assert_eq!(text(&checkout.run(words).stdout), format!("new: {words}\n"));
    }
    assert_eq!(checkout.builds(), 1, "what is new is not built again");
    let left: Vec<_> = fs::read_dir(checkout.path("target/release")).unwrap().flatten().collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn without_a_program_a_command_that_only_looks_says_so_and_builds_nothing() {
    let checkout = Checkout::new().with_cargo();
    for words in LOOKING {
        let output = checkout.run(words);
        assert!(!output.status.success() || words.contains("help") || words.contains("--version"), "{words}");
        assert!(text(&output.stdout).len() + text(&output.stderr).len() > 20, "{words}");
    }
    assert_eq!(checkout.builds(), 0);
    for words in
        ["status --format json --fast", "status --json", "status --format=json", "status --format yaml"]
    {
        let output = checkout.run(words);
        assert_eq!((output.status.code(), output.stderr.len()), (Some(2), 0), "{words}");
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((&report["running"], &report["healthy"]), (&false.into(), &false.into()), "{words}");
        assert!(report["health_message"].as_str().unwrap().contains("not built yet"), "{words}");
    }
    // What changes something, or is to end something, is worth a build.
    assert_eq!(text(&checkout.run("stop").stdout), "new: stop\n");
    assert_eq!(checkout.builds(), 1);
}

#[test]
fn a_program_that_was_built_for_another_checkout_answers_for_none_but_that() {
    let checkout = Checkout::new().with_old_program();
    checkout.program("shared/release/resource-postgres", "echo \"shared: $*\"");
    let status = || {
        let mut command = checkout.command("status");
        text(&command.env("CARGO_TARGET_DIR", checkout.path("shared")).output().unwrap().stdout)
    };
    assert_eq!(status(), "shared: status\n");
    fs::write(checkout.path("shared/release/.resource-postgres.checked"), "/other/checkout\n").unwrap();
    assert_eq!(status(), "old: status\n");
}

#[test]
fn a_shell_that_is_none_of_bash_or_is_posixly_correct_gets_the_program_too() {
    let checkout = Checkout::new().with_old_program();
    let status = |program: &str, arguments: &[&str]| {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .arg(checkout.path("cli.sh"))
            .arg("status")
            .env_clear()
            .env("PATH", "/usr/bin:/bin");
        text(&command.output().unwrap().stdout)
    };
    assert_eq!(status("sh", &[]), "old: status\n");
    assert_eq!(status("bash", &["--posix"]), "old: status\n");
    assert_eq!(status("env", &["POSIXLY_CORRECT=1"]), "old: status\n");
}

#[test]
fn cli_sh_is_no_program_for_itself() {
    let checkout = Checkout::new().with_old_program();
    let output = checkout.command("status").env("POSTGRES_RESOURCE_BIN", checkout.path("cli.sh")).output();
    let output = output.unwrap();
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), String::new()));
    assert!(text(&output.stderr).contains("which is no program"));
}

#[test]
fn builds_that_are_asked_for_at_once_all_end_well() {
    let checkout = Checkout::new().with_cargo();
    for _ in 0..5 {
        let all: Vec<_> =
            (0..6).map(|_| checkout.command("up").stdout(Stdio::piped()).spawn().unwrap()).collect();
        for it in all {
            assert_eq!(text(&it.wait_with_output().unwrap().stdout), "new: up\n");
        }
        let checked = checkout.path("target/release/.resource-postgres.checked");
        assert_eq!(fs::read_to_string(&checked).unwrap().trim(), checkout.dir.path().to_str().unwrap());
        assert_eq!(fs::read_dir(checkout.path("target/release")).unwrap().count(), 2);
        fs::remove_file(checked).unwrap();
        fs::write(checkout.path("src/main.rs"), "changed").unwrap();
    }
}

#[test]
fn without_sources_and_program_it_is_said_where_the_program_belongs() {
    let checkout = Checkout::new();
    fs::remove_file(checkout.path("Cargo.toml")).unwrap();
    let output = checkout.run("status --json");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(report["health_message"].as_str().unwrap().contains("its program is missing"), "{report}");
}

#[test]
fn a_program_of_an_installed_resource_needs_no_cargo() {
    let checkout = Checkout::new();
    fs::remove_file(checkout.path("Cargo.toml")).unwrap();
    checkout.program("bin/resource-postgres", "echo \"installed: $*\"");
    for words in ["status", "up"] {
        assert_eq!(text(&checkout.run(words).stdout), format!("installed: {words}\n"));
    }
    fs::create_dir(checkout.path("links")).unwrap();
    symlink(checkout.path("cli.sh"), checkout.path("links/resource-postgres")).unwrap();
    // What somebody builds elsewhere is none of its business.
    checkout.program("elsewhere/release/resource-postgres", "echo \"elsewhere: $*\"");
    let mut linked = Command::new(checkout.path("links/resource-postgres"));
    linked.arg("status").env("CARGO_TARGET_DIR", checkout.path("elsewhere"));
    assert_eq!(text(&linked.output().unwrap().stdout), "installed: status\n");
}

/// Processes that were started below a folder.
fn started_in(dir: &Path) -> usize {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let own = |it: &fs::DirEntry| fs::read_link(it.path().join("cwd")).is_ok_and(|cwd| cwd.starts_with(dir));
    entries.filter(own).count()
}

fn eventually(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < deadline, "never happened: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_build_that_is_interrupted_leaves_nothing() {
    for (signal, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let checkout = Checkout::new();
        // A compiler that cargo has started, and would leave behind.
        checkout.program("cargo/cargo", "sleep 300 & echo $$ >\"$CARGO_TARGET_DIR/begun\"; wait");
        let mut cli = checkout.command("up").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        eventually("the build begins", || checkout.path("target/begun").exists());
        let killed = Command::new("kill").args([&format!("-{signal}"), &cli.id().to_string()]).status();
        assert!(killed.unwrap().success());
        let ended = cli.wait().unwrap();
        assert_eq!(ended.code(), Some(code), "{signal}");
        eventually("what the build has started ends", || started_in(checkout.dir.path()) == 0);
        let left: Vec<_> = fs::read_dir(checkout.path("target/release")).unwrap().flatten().collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

#[test]
fn the_platforms_validator_finds_where_the_commands_are() {
    let cli = fs::read_to_string(resource("cli.sh")).unwrap();
    assert!(cli.contains("# Subcommands under"), "it looks for a comment with these words");
}
